import Testing

@testable import ClamAV

@Suite("Answers of a lane taken over")
struct HostileLaneTests {
    @Test("no bytes make the reader trap, and none turn into a clean file half covered")
    func readsAnything() throws {
        var state: UInt64 = 7
        for round in 0..<20_000 {
            var message: [UInt8] = []
            for _ in 0..<LaneReply.length {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                message.append(UInt8(truncatingIfNeeded: state >> 56))
            }
            if round % 2 == 0 { message.replaceSubrange(0..<4, with: [0x53, 0x4c, 0x50, 0x31]) }
            if round % 4 == 0 { message.replaceSubrange(4..<8, with: [UInt8(round / 4 % 7), 0, 0, 0]) }
            if round % 8 == 0 { message.replaceSubrange(16..<24, with: [UInt8](repeating: 0, count: 8)) }
            guard let reply = LaneReply(message) else { continue }
            #expect(round % 2 == 0)
            if case .clean(let covered)? = try? reply.outcome(name: "file", size: 10) { #expect(covered == 10) }
        }
    }

    @Test("a signature's name reaches nobody's terminal unprinted")
    func cleansNames() throws {
        var message = [UInt8](repeating: 0, count: LaneReply.length)
        message.replaceSubrange(0..<8, with: [0x53, 0x4c, 0x50, 0x31, 3, 0, 0, 0])
        message.replaceSubrange(40..<47, with: [0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x0a, 0x41])
        let reply = try #require(LaneReply(message))
        #expect(try reply.outcome(name: "file", size: 0) == .infected(signature: "?[2J??A", covered: 0))
    }

    @Test("a message of another length is none")
    func refusesLengths() {
        for count in [0, 1, 255, 257] { #expect(LaneReply([UInt8](repeating: 0, count: count)) == nil) }
        #expect(ControlReply([UInt8](repeating: 0, count: 1023)) == nil)
    }
}
