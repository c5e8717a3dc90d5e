import Configuration

/// Where the other services of the platform are, each nil where there is none.
struct ServiceSettings: Sendable {
    /// `SLIPWAY_ACCOUNT_URL`, `SLIPWAY_NOTIFICATION_URL`: without a slash at their ends.
    var account: String?
    var notification: String?
    /// `SLIPWAY_SERVICE_TOKEN_FILE`: a file with the token we show them; read anew for each request, so that it may change.
    var tokenFile: String?

    init(reading config: ConfigReader) throws {
        self.account = try Self.url("account.url", in: config)
        self.notification = try Self.url("notification.url", in: config)
        self.tokenFile = config.string(forKey: "service.token.file")
    }

    private static func url(_ key: String, in config: ConfigReader) throws -> String? {
        guard let url = config.string(forKey: ConfigKey(key)) else { return nil }
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.hasSuffix("/") else {
            throw SettingsError.invalid(Settings.variable(of: key), "\(url) is no URL without a slash at its end")
        }
        return url
    }
}
