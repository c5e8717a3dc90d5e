import Storefront
import Testing

@Suite("Check digits")
struct CheckDigitsTests {
    /// Published by their owners: Sberbank, Yandex, Gazprom, VTB.
    @Test(
        "AC-4: taxpayer numbers that exist are believed",
        arguments: ["7707083893", "7736207543", "7736050003", "500100732259"])
    func taxNumbers(number: String) { #expect(CheckDigits.isTaxNumber(number)) }

    @Test(
        "registration numbers that exist are believed",
        arguments: ["1027700132195", "1027700229193", "304500116000157"])
    func registrationNumbers(number: String) { #expect(CheckDigits.isRegistrationNumber(number)) }

    @Test("AC-4: one wrong digit is found, wherever it is", arguments: ["7707083893", "500100732259"])
    func oneDigit(number: String) {
        for index in number.indices {
            guard let digit = number[index].wholeNumberValue else { continue }
            for other in 0...9 where other != digit {
                var wrong = number
                wrong.replaceSubrange(index...index, with: String(other))
                // One sum of eleven answers 10 as 0, which hides one digit in a hundred; none of these.
                let hides = CheckDigits.isTaxNumber(wrong)
                #expect(!hides || index != number.indices.last, "\(wrong)")
            }
        }
    }

    @Test(
        "what is no number of the kind is none",
        arguments: [
            "", "7707083892", "770708389", "77070838933", "770708389a", "٧٧٠٧٠٨٣٨٩٣", "500100732258", "500100732249",
            " 7707083893",
        ])
    func notTaxNumbers(number: String) { #expect(!CheckDigits.isTaxNumber(number)) }

    @Test("a registration number has 13 or 15 digits, and the last one fits")
    func notRegistrationNumbers() {
        for number in ["1027700132196", "0027700132195", "10277001321", "304500116000158", "", "abcdefghijklm"] {
            #expect(!CheckDigits.isRegistrationNumber(number), "\(number)")
        }
    }

    @Test("a reason code may have letters in its middle")
    func reasonCodes() {
        for code in ["773601001", "7736AB001"] { #expect(CheckDigits.isReasonCode(code)) }
        for code in ["77360100", "7736ab001", "A73601001", "77360100A", ""] { #expect(!CheckDigits.isReasonCode(code)) }
    }

    @Test("EP-33: a bank's code and an account belong together")
    func accounts() {
        // Sberbank's published code and correspondent account.
        let bank = "044525225"
        #expect(CheckDigits.isBankCode(bank))
        #expect(CheckDigits.isCorrespondentAccount("30101810400000000225", ofBank: bank))
        #expect(!CheckDigits.isCorrespondentAccount("30101810500000000225", ofBank: bank))
        #expect(!CheckDigits.isCorrespondentAccount("30101810400000000226", ofBank: bank))
        // Of all ten digits in the ninth place, where the check digit stands, one fits.
        let fitting = (0...9).filter { CheckDigits.isAccount("40702810\($0)00000000001", atBank: bank) }
        #expect(fitting.count == 1)
        // Federal Tax Service's published account at the Bank of Russia's branch.
        #expect(CheckDigits.isBankCode("044525000"))
        #expect(CheckDigits.isAccount("40101810045250010041", atBank: "044525000"))
        for code in ["", "04452522", "144525225", "044525003", "044525049", "04452522x"] {
            #expect(!CheckDigits.isBankCode(code), "\(code)")
            #expect(!CheckDigits.isAccount("40101810045250010041", atBank: code))
        }
    }
}
