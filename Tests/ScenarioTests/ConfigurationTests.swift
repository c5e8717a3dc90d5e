import Testing

@Suite("Configuration")
struct ConfigurationTests {
    static let wrong: [(variable: String, value: String)] = [
        ("SLIPWAY_PAYOUT_KEY", "perhaps"), ("SLIPWAY_PAYOUT_MINIMUMS", "RUB"), ("SLIPWAY_READINESS", "relaxed"),
        ("SLIPWAY_KEEP_AUDIT_DAYS", "1"), ("SLIPWAY_KEEP_FAILED_DAYS", "-1"),
        ("SLIPWAY_TRUSTED_PROXIES", "10.0.0.1/99"),
        ("SLIPWAY_SLOTS", "scan=many"),
    ]

    @Test("IM-5: a setting that cannot be stops the start, by its name and with what it may be", arguments: wrong)
    func refused(variable: String, value: String) async throws {
        let (status, output) = try await SlipwayProcess.run(
            ["serve"], development: nil,
            settings: ["SLIPWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", variable: value])
        #expect(status != 0)
        #expect(output.contains(variable), "\(output.suffix(500))")
    }
}
