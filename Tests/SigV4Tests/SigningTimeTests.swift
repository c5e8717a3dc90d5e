import SigV4
import Testing

@Suite("Signing time")
struct SigningTimeTests {
    // Seconds by `date -u -d … +%s`.
    @Test(
        "a time is written as ISO 8601 basic, in UTC",
        arguments: [
            (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_369_353_600, "20130524T000000Z"),
            (1_709_251_199, "20240229T235959Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
        ])
    func text(seconds: Int64, expected: String) {
        #expect(SigningTime(secondsSince1970: seconds).text == expected)
        #expect(SigningTime(secondsSince1970: seconds).day == String(expected.prefix(8)))
    }
}
