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
import Storefront

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
    let secrets: WebhookSecrets
    let gate: WebhookGate
    /// For services of the platform, which the operator vouches for.
    let client: HTTPClient

    private static let batch = 100
    private static let timeout = TimeAmount.seconds(15)
    private static let retry = RetryPolicy(maxAttempts: 12, base: .seconds(5), cap: .seconds(36_000))

    func perform(_ work: DeliverEvents, attempt: Attempt) async throws -> Outcome {
        guard let endpoint = try await self.outbox.endpoint(work.endpoint) else { return .completed }
        guard endpoint.developer != nil else { return try await self.deliver(to: endpoint, by: self.client) }
        let configuration: HTTPClient.Configuration
        do {
            configuration = try self.gate.configuration(for: endpoint.url)
        } catch let refusal as WebhookGate.Refusal {
            return try await self.refuse(endpoint, because: refusal)
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let outcome: Result<Outcome, any Error>
        do {
            outcome = .success(try await self.deliver(to: endpoint, by: client))
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        return try outcome.get()
    }

    /// Counts an attempt at the next event, though nothing was sent.
    private func refuse(_ endpoint: DeliveryEndpoint, because refusal: WebhookGate.Refusal) async throws -> Outcome {
        guard let next = try await self.outbox.pending(for: endpoint.id, limit: 1).first else { return .completed }
        Logger.current.warning("events not sent", metadata: ["error": "\(refusal)", "endpoint.id": "\(endpoint.id)"])
        return try await self.settle(next, to: endpoint, status: nil, error: "\(refusal)") ?? .snoozed(for: .seconds(1))
    }

    private func deliver(to endpoint: DeliveryEndpoint, by client: HTTPClient) async throws -> Outcome {
        while true {
            let pending = try await self.outbox.pending(for: endpoint.id, limit: Self.batch)
            guard !pending.isEmpty else { return .completed }
            for delivery in pending {
                try Task.checkCancellation()
                let (status, error) = await self.send(delivery.event, to: endpoint, by: client)
                if let rest = try await self.settle(delivery, to: endpoint, status: status, error: error) {
                    return rest
                }
            }
        }
    }

    /// Records an attempt.
    ///
    /// - Returns: the rest before the next one; nil when it is the turn of the next event.
    private func settle(
        _ delivery: Delivery, to endpoint: DeliveryEndpoint, status: Int?, error: String?
    ) async throws -> Outcome? {
        let exhausted = delivery.attempts + 1 >= Self.retry.maxAttempts
        try await self.outbox.record(delivery, to: endpoint.id, status: status, error: error, exhausted: exhausted)
        guard error != nil, !exhausted else { return nil }
        return .snoozed(for: Self.retry.delay(after: delivery.attempts + 1, jitter: Double.random(in: 0...1)))
    }

    private func send(
        _ event: CloudEvent, to endpoint: DeliveryEndpoint, by client: HTTPClient
    ) async -> (status: Int?, error: String?) {
        do {
            let id = event.id.uuidString.lowercased()
            let timestamp = "\(Int64(Date().timeIntervalSince1970))"
            let body = event.json.description
            var request = HTTPClientRequest(url: endpoint.url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/cloudevents+json")
            if let requestID = event.requestID { request.headers.add(name: "x-request-id", value: requestID) }
            if let traceparent = event.traceparent { request.headers.add(name: "traceparent", value: traceparent) }
            request.headers.add(name: "webhook-id", value: id)
            request.headers.add(name: "webhook-timestamp", value: timestamp)
            request.headers.add(
                name: "webhook-signature",
                value: try self.secrets(of: endpoint).map {
                    try Self.signature(of: "\(id).\(timestamp).\(body)", secret: $0)
                }.joined(separator: " "))
            request.body = .bytes(ByteBuffer(string: body))
            let response = try await client.execute(request, timeout: Self.timeout)
            let status = Int(response.status.code)
            return (200..<300).contains(status) ? (status, nil) : (status, "answered \(status)")
        } catch {
            Logger.current.info("an endpoint did not answer", metadata: ["error": "\(error)"])
            return (nil, "\(error)")
        }
    }

    /// What signs now: the current secret, and the one before while receivers change over.
    private func secrets(of endpoint: DeliveryEndpoint) -> [String] {
        if let secret = endpoint.configuredSecret { return [secret] }
        let generations =
            endpoint.usesOldSecret ? [endpoint.generation, endpoint.generation - 1] : [endpoint.generation]
        return generations.map { self.secrets.secret(of: endpoint.id, generation: $0) }
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
