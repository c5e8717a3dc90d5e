import AsyncHTTPClient
import Digests
import FoundationEssentials
public import JobLifecycle
public import JobQueue
import Logging
import NIOCore
import NIOHTTP1
import Platform
import Postgres

/// Delivers the events that wait for one endpoint, in order, at least once.
///
/// Signed as Standard Webhooks says (<https://www.standardwebhooks.com>): the id stays the same over retries, so that a
/// receiver can tell repeats; the timestamp is the attempt's. An endpoint that refuses an event gets it again later, and
/// none after it before; after the last attempt the event is given up and the rest goes on.
public struct DeliverEvents: Job {
    public static let kind: JobKind = "deliver-events"
    public static let policy = JobPolicy(queue: "events", retry: RetryPolicy(maxAttempts: 20), timeout: .seconds(600))

    let endpoint: UUID
}

struct DeliverEventsHandler: JobHandler {
    let outbox: Outbox
    let client: HTTPClient

    private static let batch = 100
    private static let timeout = TimeAmount.seconds(15)
    private static let retry = RetryPolicy(maxAttempts: 12, base: .seconds(5), cap: .seconds(36_000))

    func perform(_ work: DeliverEvents, attempt: Attempt) async throws -> Outcome {
        guard let endpoint = try await self.outbox.endpoint(work.endpoint) else { return .completed }
        while true {
            let pending = try await self.outbox.pending(for: work.endpoint, limit: Self.batch)
            guard !pending.isEmpty else { return .completed }
            for delivery in pending {
                try Task.checkCancellation()
                let (status, error) = await self.send(delivery, to: endpoint)
                let exhausted = delivery.attempts + 1 >= Self.retry.maxAttempts
                try await self.outbox.record(
                    delivery, to: endpoint.id, status: status, error: error, exhausted: exhausted)
                guard error != nil, !exhausted else { continue }
                return .snoozed(
                    for: Self.retry.delay(after: delivery.attempts + 1, jitter: Double.random(in: 0...1)))
            }
        }
    }

    private func send(_ delivery: Delivery, to endpoint: DeliveryEndpoint) async -> (status: Int?, error: String?) {
        do {
            let id = delivery.event.uuidString.lowercased()
            let timestamp = "\(Int64(Date().timeIntervalSince1970))"
            let body = try Self.body(of: delivery)
            var request = HTTPClientRequest(url: endpoint.url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "webhook-id", value: id)
            request.headers.add(name: "webhook-timestamp", value: timestamp)
            request.headers.add(
                name: "webhook-signature",
                value: try Self.signature(of: "\(id).\(timestamp).\(body)", secret: endpoint.secret))
            request.body = .bytes(ByteBuffer(string: body))
            let response = try await self.client.execute(request, timeout: Self.timeout)
            let status = Int(response.status.code)
            return (200..<300).contains(status) ? (status, nil) : (status, "answered \(status)")
        } catch {
            Logger.current.info("an endpoint did not answer", metadata: ["error": "\(error)"])
            return (nil, "\(error)")
        }
    }

    /// CloudEvents names around the event's own data.
    private static func body(of delivery: Delivery) throws -> String {
        let time = delivery.occurredAt.formatted(.iso8601)
        return """
            {"type":"\(delivery.type)","timestamp":"\(time)","seq":\(delivery.seq),"data":\(delivery.data)}
            """
    }

    /// `v1,` and the base64 of the HMAC-SHA256.
    static func signature(of text: String, secret: String) throws -> String {
        let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst("whsec_".count)) : secret
        guard let key = Data(base64Encoded: encoded) else { throw UnusableSecret() }
        let code = HMACSHA256.authenticate(Array(text.utf8), key: Array(key))
        return "v1,\(Data(code).base64EncodedString())"
    }
}

/// The endpoint's secret is not base64; nothing can be sent that it would accept.
private struct UnusableSecret: Error {}
