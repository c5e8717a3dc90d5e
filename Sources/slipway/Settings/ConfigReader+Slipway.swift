import Configuration

extension ConfigReader {
    /// The program's own variables: `SLIPWAY_…`.
    static var slipway: ConfigReader {
        ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "slipway")
    }
}
