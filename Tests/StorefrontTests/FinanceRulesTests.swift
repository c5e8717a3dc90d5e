import Storefront
import Testing

@Suite("Rules of payouts and reports")
struct FinanceRulesTests {
    private static func check<State: StateMachine>(_ edges: [(State, State.Event, State)]) {
        for state in State.allCases {
            for event in State.Event.allCases {
                let expected = edges.first { $0.0 == state && $0.1 == event }?.2
                #expect(state.next(on: event) == expected, "\(state) on \(event)")
            }
        }
    }

    @Test("FI-7: a payout moves along exactly the edges of its table")
    func payoutEdges() {
        Self.check([
            (PayoutState.requested, .handOver, .processing), (.requested, .cancel, .failed),
            (.processing, .complete, .completed), (.processing, .fail, .failed),
        ])
        #expect(PayoutState.allCases.filter(\.holdsMoney) == [.requested, .processing])
    }

    static let readings: [(PayoutState, PayoutReport, PayoutState.Reading)] = [
        (.requested, .processing, .contradiction), (.requested, .completed, .contradiction),
        (.requested, .failed, .contradiction), (.processing, .processing, .old),
        (.processing, .completed, .apply(.complete)), (.processing, .failed, .apply(.fail)),
        (.completed, .processing, .old), (.completed, .completed, .old), (.completed, .failed, .contradiction),
        (.failed, .processing, .old), (.failed, .completed, .contradiction), (.failed, .failed, .old),
    ]

    @Test("FI-6: late and repeated messages are old, contradictory ones are for a person", arguments: readings)
    func messages(state: PayoutState, report: PayoutReport, reading: PayoutState.Reading) {
        #expect(state.reading(report) == reading)
    }

    @Test("AN-3: a report moves along exactly the edges of its table")
    func reportEdges() {
        Self.check([
            (ReportState.queued, .generate, .generating), (.generating, .generate, .generating),
            (.generating, .finish, .ready), (.queued, .fail, .failed), (.generating, .fail, .failed),
            (.ready, .expire, .expired),
        ])
    }

    @Test("FI-2: a type of entry has its sign")
    func signs() {
        let signs: [LedgerEntryType: [Int]] = [
            .sale: [1], .refund: [-1], .fee: [-1], .tax: [-1, 1], .payout: [-1], .adjustment: [-1, 1],
            .serviceFee: [-1],
        ]
        for type in LedgerEntryType.allCases {
            #expect([-1, 0, 1].filter(type.allows(sign:)) == signs[type], "\(type)")
        }
        #expect(!LedgerEntryType.reported.contains(.payout) && LedgerEntryType.reported.count == 6)
    }

    @Test("FI-3: what looks like an account in what others say is masked")
    func masking() {
        #expect(
            AccountMask.masked("to 40702810938000000001, sum 1234567890.00")
                == "to ****************0001, sum 1234567890.00")
        let told: JSONValue = [
            "a": ["x", "4276123412341234"], "n": .number(JSONNumber(1_234_567_890_123_456)), "ok": 12,
        ]
        #expect(
            AccountMask.masked(told) == ["a": ["x", "************1234"], "n": "************3456", "ok": 12])
    }

    @Test("AN-2: days are written and read as the calendar has them")
    func days() {
        for text in ["1970-01-01", "2000-02-29", "2024-02-29", "2026-11-25", "9999-12-31"] {
            #expect(CalendarDay(text)?.description == text)
        }
        for text in [
            "1969-12-31", "1900-02-29", "2023-02-29", "2026-13-01", "2026-1-1", "2026-11-31", "x", "2026-11-0a",
        ] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
        #expect(CalendarDay("2026-02-28")?.advanced(by: 1).description == "2026-03-01")
        #expect(CalendarDay(containing: 86_399.9).description == "1970-01-01")
        var day = CalendarDay(number: 0)
        for number in stride(from: 0, to: 200_000, by: 97) {
            day = CalendarDay(number: number)
            #expect(CalendarDay(day.description) == day)
        }
    }

    @Test("AN-3: no text of a report becomes a formula")
    func formulas() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\u{feff}=1"] {
            var csv = CSVText()
            csv.append([.text(text)])
            let line = String(decoding: csv.bytes, as: UTF8.self)
            #expect(line.hasPrefix("'") || line.hasPrefix("\"'"), "\(line.debugDescription)")
        }
        var csv = CSVText()
        csv.append([.text("Ведьмак"), .number("-12.50"), .empty, .text("a\"b,c"), .number("=1"), .text("x\ny")])
        #expect(String(decoding: csv.bytes, as: UTF8.self) == "Ведьмак,-12.50,,\"a\"\"b,c\",'=1,\"x\ny\"\r\n")
    }
}
