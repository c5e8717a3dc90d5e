import Content
import Digests
import FoundationEssentials
import Fuzzing
import Testing

@testable import Delta

@Suite("Coded literals")
struct CodedLiteralsTests {
    /// Text, records with a field that counts up, noise, and repeats of what came before.
    static func mixed(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        while bytes.count < count {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                for _ in 0..<40 { bytes += Array("\(Int.random(in: 0..<99, using: &random)) sprites, ".utf8) }
            case 1:
                for record in 0..<60 {
                    bytes += [7, UInt8(record), 0, UInt8.random(in: 0...3, using: &random), 200, 9, 0, 1]
                }
            case 2: for _ in 0..<300 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
            case 3: bytes += [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: 500)
            default:
                let length = min(bytes.count, Int.random(in: 1...2000, using: &random))
                let start = Int.random(in: 0...bytes.count - length, using: &random)
                bytes += Array(bytes[start..<start + length])
            }
        }
        return Array(bytes.prefix(count))
    }

    private static func roundTrip(_ bytes: [UInt8]) throws -> Int {
        let coded = CodedLiterals.encode(bytes)
        #expect(try CodedLiterals.decode(coded.span, count: bytes.count) == bytes)
        return coded.count
    }

    @Test("what was coded is made again", arguments: 1...10)
    func roundTrips(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.mixed(Int.random(in: 1...20_000, using: &random), seed: seed)
        #expect(try Self.roundTrip(bytes) < bytes.count)
    }

    @Test("the shortest literals are made again", arguments: 0...40)
    func shortest(count: Int) throws {
        #expect(try Self.roundTrip(Array(repeating: 7, count: count)) <= count + 12)
        #expect(try Self.roundTrip((0..<count).map { UInt8($0 * 7 & 0xFF) }) <= count + 12)
        #expect(try Self.roundTrip((0..<count).map { UInt8($0 % 3) }) <= count + 12)
    }

    @Test("one byte over and over, and a period, take next to nothing however long")
    func repeats() throws {
        #expect(try Self.roundTrip([UInt8](repeating: 42, count: 100_000)) < 100)
        let period = Self.mixed(1009, seed: 3)
        let periodic = (0..<1 << 20).map { period[$0 % period.count] }
        #expect(try Self.roundTrip(periodic) < 1200)
    }

    @Test("noise hardly grows")
    func noise() throws {
        var random = SeededGenerator(seed: 4)
        let bytes = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(try Self.roundTrip(bytes) < bytes.count + bytes.count / 32)
    }

    @Test("what lies further back than the tree reaches is found, and nothing in it is taken for something else")
    func farBack() throws {
        var random = SeededGenerator(seed: 5)
        let far = (0..<3000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let bytes = far + Self.mixed(9000, seed: 6) + far
        let coded = CodedLiterals.encode(bytes, window: 1 << 12)
        #expect(try CodedLiterals.decode(coded.span, count: bytes.count) == bytes)
        let without = CodedLiterals.encode(Array(bytes.dropLast(far.count)), window: 1 << 12)
        #expect(coded.count < without.count + 200)
    }

    @Test("the bytes are what they were: patches of the first release hold them")
    func golden() throws {
        let bytes = Self.mixed(30_000, seed: 7)
        let coded = CodedLiterals.encode(bytes)
        #expect(Digest.sha256(of: coded).description == Self.codedDigest)
        let old = try #require(Data(base64Encoded: Self.small))
        let made = try CodedLiterals.decode(Array(old).span, count: 60)
        #expect(String(decoding: made, as: UTF8.self) == Self.verse)
    }

    static let codedDigest = "3e6f92b233ffec4086ee410dee6dd0994da35b50fdec3061d86e116e1d056f99"
    static let verse = "round and round the ragged rock the ragged rascal ran around"
    static let small = "BwAAALY9RXsHEPPHUqDa8R+PDRizR1jRLjkrLX6AI1Z1h41QRhxo/1qdwFBvNspI"

    @Test("damaged and truncated literals give an error or as many bytes, and no harm")
    func damage() {
        var random = SeededGenerator(seed: 8)
        let bytes = Self.mixed(2000, seed: 9)
        let coded = CodedLiterals.encode(bytes)
        for _ in 0..<FuzzRounds.count(100) {
            var damaged = coded
            damaged.change(using: &random)
            let count = Int.random(in: 0...4000, using: &random)
            guard let made = try? CodedLiterals.decode(damaged.span, count: count) else { continue }
            #expect(made.count == count)
        }
        for length in stride(from: 0, to: coded.count, by: 31) {
            let cut = Array(coded.prefix(length))
            if let made = try? CodedLiterals.decode(cut.span, count: bytes.count) { #expect(made.count == bytes.count) }
        }
    }

    @Test("noise read as coded literals gives an error or as many bytes")
    func noiseIsHarmless() {
        var random = SeededGenerator(seed: 10)
        for _ in 0..<FuzzRounds.count(100) {
            let noise = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if let made = try? CodedLiterals.decode(noise.span, count: 3000) { #expect(made.count == 3000) }
        }
    }
}
