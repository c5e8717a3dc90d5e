/// The members of a JSON object, in the order they were written, no name twice.
public struct JSONObject: Sendable {
    public private(set) var members: [(name: String, value: JSONValue)]

    /// - Parameter members: no name twice.
    public init(_ members: [(String, JSONValue)] = []) {
        self.members = members.map { (name: $0.0, value: $0.1) }
    }

    /// The member of this name; nil when there is none.
    ///
    /// Setting nil removes it.
    public subscript(name: String) -> JSONValue? {
        get { self.members.first { $0.name == name }?.value }
        set {
            if let index = self.members.firstIndex(where: { $0.name == name }) {
                if let newValue { self.members[index].value = newValue } else { self.members.remove(at: index) }
            } else if let newValue {
                self.members.append((name: name, value: newValue))
            }
        }
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { $0.name == $1.name && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        for (name, value) in self.members {
            hasher.combine(name)
            hasher.combine(value)
        }
    }
}
