import Content
import HTTPTypes
import Hummingbird
import Storefront

extension Request {
    /// Reads the body as a JSON object.
    ///
    /// - Throws: `HTTPProblem` 415 for another kind of body, 413, 408, 400 for what is not JSON, 422 for JSON that is no
    ///   object.
    func readObject(within limits: APILimits) async throws -> JSONObject {
        guard let object = try await self.readOptionalObject(within: limits) else {
            throw HTTPProblem(status: .badRequest, code: "malformed-json", detail: "A JSON object is needed as body.")
        }
        return object
    }

    /// Reads the body as a JSON object; nil when there is no body.
    func readOptionalObject(within limits: APILimits) async throws -> JSONObject? {
        if let length = self.headers[.contentLength].flatMap(Int64.init), length > limits.jsonBody.bytes {
            var problem = HTTPProblem(ReceiveError.tooLarge(limit: limits.jsonBody.bytes))
            // What is left is read and dropped, so that the answer arrives; but not for ever.
            problem.closesConnection = length > Self.largestDrained
            throw problem
        }
        let bytes = try await BodyReceiver(limits).collect(self.body, limit: limits.jsonBody)
        guard !bytes.isEmpty else { return nil }
        guard self.isJSON else {
            throw HTTPProblem(
                status: .unsupportedMediaType, code: "unsupported-media-type", detail: "Send application/json.")
        }
        guard case .object(let object) = try JSONParser.parse(bytes) else {
            throw HTTPProblem.invalid("", "type", "must be an object")
        }
        return object
    }

    private static var largestDrained: Int64 { ByteCount.mebibytes(64).bytes }

    /// Whether the body says that it is JSON, or says nothing.
    private var isJSON: Bool {
        guard let type = self.headers[.contentType] else { return true }
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }
}
