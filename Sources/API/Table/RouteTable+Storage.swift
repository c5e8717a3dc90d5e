import HTTPTypes
import Storefront

extension RouteTable {
    /// The store's objects by presigned URLs, where the store is a directory.
    static let storage: [RouteDeclaration] = [
        root(.readObject, .get, "/storage/v1/**", "Read an object by a presigned URL", 200, nil),
        root(.writeObject, .put, "/storage/v1/**", "Write an object or a part by a presigned URL", 200, nil),
    ]
}
