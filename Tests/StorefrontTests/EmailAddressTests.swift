import Storefront
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "addresses people have are taken",
        arguments: ["a@b.ru", "anna.ivanova+games@studio.example", "почта@пример.рф", "x_y-z@sub.domain.example"])
    func good(text: String) { #expect(EmailAddress(text) != nil) }

    @Test(
        "everything else is not",
        arguments: [
            "", "a", "@b.ru", "a@", "a@b", "a@@b.ru", "a b@c.ru", "a@b..ru", ".a@b.ru", "a.@b.ru", "a@-b.ru", "a@b-.ru",
            "\"a b\"@c.ru", "a@[127.0.0.1]", "a\r\nBcc: x@y.ru@z.ru", "a@b.ru\n", "a\u{200b}@b.ru", "a,b@c.ru",
            "<a@b.ru>",
        ])
    func bad(text: String) { #expect(EmailAddress(text) == nil) }

    @Test("two spellings of one mailbox are one")
    func folding() {
        #expect(EmailAddress("Anna@Example.RU")?.folded == EmailAddress("anna@example.ru")?.folded)
        #expect(EmailAddress("Anna@Example.RU")?.text == "Anna@example.ru")
    }
}
