import Postgres
import Storefront

extension Money {
    /// For a `numeric` column; the currency goes beside it.
    var numeric: SQLValue { SQLValue(.numeric, self.text) }
}

extension Row {
    /// An amount of the row's `currency`.
    func money(_ column: String) throws(PostgresError) -> Money {
        let amount: String = try self(column)
        let currency = try self.currency()
        do throws(MoneyError) {
            return try Money(amount, currency)
        } catch {
            throw .decoding(column: column, expected: "Money", got: amount)
        }
    }

    func currency() throws(PostgresError) -> Currency {
        let code: String = try self("currency")
        guard let currency = Currency(code) else {
            throw .decoding(column: "currency", expected: "Currency", got: code)
        }
        return currency
    }

    /// A word of an enum.
    func word<Word: RawRepresentable<String>>(_ column: String, as type: Word.Type) throws(PostgresError) -> Word {
        let text: String = try self(column)
        guard let word = Word(rawValue: text) else {
            throw .decoding(column: column, expected: "\(Word.self)", got: text)
        }
        return word
    }
}
