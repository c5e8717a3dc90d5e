/// What `slipway up` decides by itself, instead of the environment: everything is under one directory of this machine.
struct DevelopmentHome: Sendable {
    let databaseURL: String
    let directory: String
    let port: Int

    /// Only this machine is served.
    let host = "127.0.0.1"

    var keysDirectory: String { "\(self.directory)/keys" }
}
