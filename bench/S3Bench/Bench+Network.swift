import Content
import Digests
import Faults
import Foundation
import ObjectStore

extension Bench {
    private static let size = 4 << 20
    private static let sendersAtOnce = 8
    /// How often each object is fetched, so that it takes as long as sending, and the last stall is not half of it.
    private static let fetches = 4

    /// Sends objects of 4 MiB through a proxy and fetches them again, each over a connection of its own, so that a share of
    /// connections is a share of requests; half of the faults are resets, half are stalls.
    ///
    /// - Parameter percent: of connections that meet a fault, somewhere in their first 4 MiB.
    /// - Returns: JSON: seconds up and down, bytes that were lost or are others, connections, and those that met a fault.
    func crossNetwork(objects: Int, percent: Int, seed: UInt64) async throws(ObjectStoreError) -> String {
        let direct = try self.store(at: self.endpoint)
        let prefix = "network/\(UUID())"
        let numbers = Array(0..<objects)
        let plan = FaultPlan(
            seed: seed, percent: percent, faults: [.reset(afterBytes: Self.size), .stall(afterBytes: Self.size)])
        let (up, down, counts) = try await self.throughProxy(plan, isFresh: true) {
            (proxy, store) throws(ObjectStoreError) in
            var begun = ContinuousClock.now
            try await Self.forEach(numbers, atOnce: Self.sendersAtOnce) { (number: Int) throws(ObjectStoreError) in
                let key = try ObjectKey(validating: "\(prefix)/\(number)")
                _ = try await store.put(key, .bytes(Self.content(number)), digest: nil, condition: .always)
            }
            let up = (ContinuousClock.now - begun) / .seconds(1)
            begun = .now
            let fetched = repeatElement(numbers, count: Self.fetches).flatMap { $0 }
            try await Self.forEach(fetched, atOnce: Self.sendersAtOnce) { (number: Int) throws(ObjectStoreError) in
                for try await _ in try await store.get(try ObjectKey(validating: "\(prefix)/\(number)"), range: nil) {}
            }
            return (up, (ContinuousClock.now - begun) / .seconds(1), proxy.counts)
        }
        var lost = 0
        for number in numbers {
            let key = try ObjectKey(validating: "\(prefix)/\(number)")
            let bytes = try await direct.read(key, range: nil, limit: .mebibytes(8))
            let expected = Self.content(number)
            if bytes != expected { lost += zip(bytes, expected).count { $0 != $1 } + abs(bytes.count - expected.count) }
            try await direct.delete([key])
        }
        return """
            {"up": \(up), "down": \(down), "lost": \(lost), "connections": \(counts.connections), \
            "faulted": \(counts.faulted)}
            """
    }

    /// Keeps putting small objects through a proxy that passes on so many requests a second, with 64 senders.
    ///
    /// - Returns: JSON: what was achieved of what was allowed, the share of requests that were refused, and objects that
    ///   were given up.
    func keepPace(rate: Int, seconds: Int) async throws(ObjectStoreError) -> String {
        let plan = FaultPlan(seed: 1, percent: 100, faults: [.busyAbove(perSecond: rate)])
        let (counts, passed, failed) = try await self.throughProxy(plan, isFresh: false) {
            (proxy, store) throws(ObjectStoreError) in
            let begun = ContinuousClock.now
            let end = begun + .seconds(seconds)
            let failed = await withTaskGroup(of: Int.self) { group in
                for sender in 0..<64 {
                    group.addTask {
                        var (number, failed) = (0, 0)
                        while ContinuousClock.now < end, let key = ObjectKey("pace/\(sender)/\(number)") {
                            number += 1
                            do throws(ObjectStoreError) {
                                _ = try await store.put(key, .bytes([1]), digest: nil, condition: .always)
                            } catch { failed += 1 }
                        }
                        return failed
                    }
                }
                return await group.reduce(0, +)
            }
            return (proxy.counts, (ContinuousClock.now - begun) / .seconds(1), failed)
        }
        let allowed = Double(rate) * passed
        return """
            {"achieved": \(Double(counts.admitted) / allowed), "failed": \(failed), \
            "refused": \(Double(counts.refused) / Double(max(1, counts.admitted + counts.refused)))}
            """
    }

    private func throughProxy<Value: Sendable>(
        _ plan: FaultPlan, isFresh: Bool, _ body: (FaultProxy, S3Store) async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        do {
            return try await FaultProxy.run(to: self.endpoint.port ?? 80, plan: plan) { proxy in
                guard let endpoint = S3Endpoint(proxy.url) else { throw ObjectStoreError.notS3(reason: proxy.url) }
                return try await body(proxy, try self.store(at: endpoint, isFresh: isFresh))
            }
        } catch let error as ObjectStoreError { throw error } catch {
            throw .unavailable(reason: "the proxy: \(error)")
        }
    }

    /// Bytes that are different for each object.
    private static func content(_ number: Int) -> [UInt8] {
        (0..<Self.size).map { UInt8(truncatingIfNeeded: ($0 &* (number &* 2 + 3)) >> 8) }
    }
}
