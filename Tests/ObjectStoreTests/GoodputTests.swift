import Content
import Digests
import Faults
import Foundation
import ObjectStore
import TestKit
import Testing

/// How much a bad network costs, measured; a ratio of two runs, so that a slow machine is no reason to fail.
@Suite(
    "Goodput over a bad network", .serialized,
    .enabled("SLIPWAY_LONG_TESTS=1 and an S3 server") {
        guard ProcessInfo.processInfo.environment["SLIPWAY_LONG_TESTS"] == "1" else { return false }
        return await S3Server.isAvailable()
    })
struct GoodputTests {
    /// Objects of 4 MiB, each over a connection of its own, so that a share of connections is a share of requests.
    private static let objects = 400
    private static let bytes = [UInt8](repeating: 5, count: 4 << 20)

    @Test("with 1 % resets and 1 % stalls no byte is lost, and most of the pace is kept")
    func resetsAndStalls() async throws {
        let clean = try await self.run(FaultPlan(seed: 1, percent: 0, faults: [.none]))
        let bad = try await self.run(
            FaultPlan(seed: 1, percent: 2, faults: [.reset(afterBytes: 4 << 20), .stall(afterBytes: 4 << 20)]))
        let again = try await self.run(FaultPlan(seed: 1, percent: 0, faults: [.none]))
        let ratio = min(clean, again) / bad
        print("goodput: \(ratio) of clean (\(clean) s, \(again) s clean, \(bad) s with faults)")
        #expect(ratio > 0.5)
    }

    /// - Returns: seconds.
    private func run(_ plan: FaultPlan) async throws -> Double {
        let real = try await S3Bucket.shared.store()
        let prefix = "goodput/\(UUID())"
        return try await FaultProxy.run(to: real.configuration.endpoint.port ?? 0, plan: plan) { proxy in
            let store = try await S3Bucket.makeStore(endpoint: proxy.url, fresh: true) { _ in }
            let begun = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for number in stride(from: worker, to: Self.objects, by: 8) {
                            guard let key = ObjectKey("\(prefix)/\(number)") else { return }
                            do throws(ObjectStoreError) {
                                _ = try await store.put(key, .bytes(Self.bytes), digest: nil, condition: .always)
                            } catch {
                                Issue.record("\(error)")
                            }
                        }
                    }
                }
            }
            let seconds = (ContinuousClock.now - begun) / .seconds(1)
            let stored = try await real.list(prefix: prefix, after: nil, limit: 1000)
            #expect(stored.count == Self.objects && stored.allSatisfy { $0.size == Int64(Self.bytes.count) })
            try await real.delete(stored.map(\.key))
            print("\(proxy.counts)")
            return seconds
        }
    }
}
