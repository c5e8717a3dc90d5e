/// A PostgreSQL type as the protocol names it: by the OID of the type and of arrays of it.
///
/// The numbers are those of `pg_type.dat`, fixed for every server.
public struct SQLType: Hashable, Sendable {
    let oid: UInt32
    let arrayOID: UInt32

    /// Left to the server, which takes the type that the place of the parameter asks for; arrays are `text[]`.
    public static let inferred = SQLType(oid: 0, arrayOID: 1009)
    public static let bool = SQLType(oid: 16, arrayOID: 1000)
    public static let bytea = SQLType(oid: 17, arrayOID: 1001)
    public static let int2 = SQLType(oid: 21, arrayOID: 1005)
    public static let int4 = SQLType(oid: 23, arrayOID: 1007)
    public static let int8 = SQLType(oid: 20, arrayOID: 1016)
    public static let float8 = SQLType(oid: 701, arrayOID: 1022)
    public static let numeric = SQLType(oid: 1700, arrayOID: 1231)
    public static let uuid = SQLType(oid: 2950, arrayOID: 2951)
    public static let timestamptz = SQLType(oid: 1184, arrayOID: 1185)
    public static let interval = SQLType(oid: 1186, arrayOID: 1187)
    public static let jsonb = SQLType(oid: 3802, arrayOID: 3807)
    public static let text = SQLType(oid: 25, arrayOID: 1009)
}
