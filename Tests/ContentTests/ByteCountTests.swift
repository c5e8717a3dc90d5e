import Content
import FoundationEssentials
import Testing

@Suite("ByteCount")
struct ByteCountTests {
    @Test(
        "is written for people with one decimal and a binary unit",
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1 << 20, "1.0 MiB"),
            (1_610_612_736, "1.5 GiB"), (1 << 40, "1.0 TiB"), (5 << 50, "5.0 PiB"), (-1536, "-1.5 KiB"), (-5, "-5 B"),
            (Int64.max, "8192.0 PiB"), (Int64.min, "-8192.0 PiB"),
        ] as [(Int64, String)])
    func description(bytes: Int64, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test("counts in binary units, adds and compares")
    func arithmetic() {
        #expect(ByteCount.kibibytes(64).bytes == 65_536)
        #expect(ByteCount.mebibytes(8).bytes == 8_388_608)
        #expect(ByteCount.gibibytes(2).bytes == 2_147_483_648)
        #expect(ByteCount.kibibytes(1) + ByteCount(1) == ByteCount(1025))
        #expect(ByteCount.zero < ByteCount(1))
        var sum = ByteCount(1)
        sum += ByteCount(2)
        #expect(sum == ByteCount(3))
    }

    @Test("is a plain number in JSON")
    func json() throws {
        let data = try JSONEncoder().encode([ByteCount(42)])
        #expect(String(decoding: data, as: UTF8.self) == "[42]")
        #expect(try JSONDecoder().decode([ByteCount].self, from: data) == [ByteCount(42)])
    }
}
