import FoundationEssentials
public import Storefront

/// A contract of `ops/contracts`, to hold what is sent and answered against.
public struct Contract: Sendable {
    public let name: String
    public let document: JSONValue
    private let schemas: JSONSchema

    /// Services whose contracts there are.
    public static let names = [
        "account", "admin", "analytics", "catalog", "download", "events", "notification", "payment",
    ]

    public init(_ name: String) throws {
        // …/Tests/TestKit/Contracts/Contract.swift
        var folder = URL(filePath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let file = folder.appending(path: "ops/contracts/\(name).openapi.json")
        self.name = name
        self.document = try JSONParser.parse(Array(try Data(contentsOf: file)))
        self.schemas = JSONSchema(document: self.document)
    }

    /// One operation of it.
    public struct Operation: Sendable {
        public let method: String
        public let path: String
        public let json: JSONObject
    }

    public var operations: [Operation] {
        (self.document.object?["paths"]?.object?.members ?? []).flatMap { path, item in
            (item.object?.members ?? []).compactMap { method, json in
                json.object.map { Operation(method: method.uppercased(), path: path, json: $0) }
            }
        }
    }

    /// The operation that a request is for.
    ///
    /// - Parameter target: from the service's root; its query is not looked at.
    public func operation(_ method: String, _ target: String) -> Operation? {
        let components = target.prefix { $0 != "?" }.split(separator: "/")
        return self.operations.first { operation in
            let own = operation.path.split(separator: "/")
            return operation.method == method.uppercased() && own.count == components.count
                && zip(own, components).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
    }

    /// - Parameter headers: with names in lower case.
    /// - Returns: what is wrong with a request; empty when nothing is.
    public func faults(
        inRequest method: String, _ target: String, headers: [String: String], body: JSONValue?
    ) -> [String] {
        guard let operation = self.operation(method, target) else {
            return ["\(method) \(target) is not in \(self.name)"]
        }
        var faults: [String] = []
        let query = Set(Self.query(of: target))
        for parameter in operation.json["parameters"]?.list ?? [] {
            guard let object = parameter.object, case .string(let name)? = object["name"], object["required"] == true
            else {
                continue
            }
            let isThere = object["in"] == "header" ? headers[name.lowercased()] != nil : query.contains(name)
            if !isThere, object["in"] != "path" { faults.append("\(name) is missing") }
        }
        let known = Set((operation.json["parameters"]?.list ?? []).compactMap { $0.object?["name"] })
        faults += query.filter { !known.contains(.string($0)) }.map { "\($0) is not in the contract" }
        guard let content = operation.json["requestBody"]?.object?["content"]?.object?.members.first else {
            return body == nil ? faults : faults + ["there is a body"]
        }
        guard let body else { return faults + ["there is no body"] }
        if let type = headers["content-type"], type != content.name { faults.append("\(type) is not \(content.name)") }
        return faults + self.schemas.faults(in: body, content.value.object?["schema"] ?? .bool(true))
    }

    /// - Returns: what is wrong with an answer; empty when nothing is.
    public func faults(inAnswer status: Int, _ body: JSONValue?, to method: String, _ target: String) -> [String] {
        guard let operation = self.operation(method, target) else {
            return ["\(method) \(target) is not in \(self.name)"]
        }
        let answers = operation.json["responses"]?.object
        guard let answer = answers?["\(status)"]?.object ?? answers?["default"]?.object else {
            return ["\(status) is not in the contract"]
        }
        guard let schema = answer["content"]?.object?.members.first?.value.object?["schema"] else { return [] }
        guard let body else { return ["there is no body"] }
        return self.schemas.faults(in: body, schema)
    }

    /// - Returns: what is wrong with a value that one of the contract's schemas describes.
    public func faults(in value: JSONValue, schema: String) -> [String] {
        self.schemas.faults(in: value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    /// The examples of requests and answers, each with what is wrong with it.
    public var examples: [(place: String, faults: [String])] {
        self.operations.flatMap { operation -> [(place: String, faults: [String])] in
            let answers = operation.json["responses"]?.object?.members.map { ($0.name, $0.value) } ?? []
            let bodies = [("request", operation.json["requestBody"] ?? .null)] + answers
            return bodies.flatMap { part, body -> [(place: String, faults: [String])] in
                (body.object?["content"]?.object?.members ?? []).flatMap {
                    _, media -> [(place: String, faults: [String])] in
                    let schema = media.object?["schema"] ?? .bool(true)
                    let values =
                        (media.object?["example"].map { [$0] } ?? [])
                        + (media.object?["examples"]?.object?.members.compactMap { $0.value.object?["value"] } ?? [])
                    return values.map {
                        ("\(operation.method) \(operation.path) \(part)", self.schemas.faults(in: $0, schema))
                    }
                }
            }
        }
    }

    private static func query(of target: String) -> [String] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[target.index(after: mark)...].split(separator: "&").map { String($0.prefix { $0 != "=" }) }
    }
}

extension JSONValue {
    fileprivate var list: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}
