import Storefront

extension Schemas {
    /// Of what the service says of itself.
    static let service: [(String, JSONValue)] = [
        ("Health", object(["status": ["type": "string"]], ["status"])),
        ("ManifestKeys", object(["keys": array(["type": "object"])], ["keys"])),
        ("JSONWebKeySet", object(["keys": array(["type": "object"])], ["keys"])),
    ]
}
