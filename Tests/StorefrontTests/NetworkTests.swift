import Storefront
import Testing

@Suite("Addresses and networks")
struct NetworkTests {
    @Test(
        "addresses are read in the usual forms",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::1", "0:0:0:0:0:0:0:1"), ("2001:DB8::a", "2001:db8:0:0:0:0:0:a"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("::ffff:a00:1", "10.0.0.1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("64:ff9b::192.0.2.33", "64:ff9b:0:0:0:0:c000:221"),
        ])
    func addresses(text: String, written: String) { #expect(IPAddress(text)?.description == written) }

    @Test(
        "row 58: no other form is an address, whatever some system calls make of it",
        arguments: [
            "", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "1.2.3.4.5", "256.1.1.1", "1.2.3",
            "1.2.3.+4", ":::1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "::1.2.3", "g::",
            "12345::", "[::1]", "١.١.١.١", "::ffff:1.2.3.4:1",
        ])
    func notAddresses(text: String) { #expect(IPAddress(text) == nil) }

    @Test("a network holds the addresses that begin alike")
    func networks() throws {
        let network = try #require(IPNetwork("10.128.0.0/9"))
        #expect(network.contains(try #require(IPAddress("10.255.1.2"))))
        #expect(!network.contains(try #require(IPAddress("10.127.255.255"))))
        #expect(!network.contains(try #require(IPAddress("::1"))))
        #expect(network.contains(try #require(IPAddress("::ffff:10.200.0.1"))))
        #expect(try #require(IPNetwork("0.0.0.0/0")).contains(try #require(IPAddress("8.8.8.8"))))
        #expect(IPNetwork("192.0.2.7")?.prefix == 32 && IPNetwork("2001:db8::/32")?.prefix == 32)
        for text in ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "x"] {
            #expect(IPNetwork(text) == nil, "\(text)")
        }
    }

    @Test(
        "row 58: what is no place on the public Internet is known as such",
        arguments: [
            "127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
            "::",
            "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "224.0.0.1",
            "255.255.255.255", "ff02::1", "2001:db8::1",
        ])
    func special(text: String) throws { #expect(try !#require(IPAddress(text)).isPublic) }

    @Test("what is public is public", arguments: ["8.8.8.8", "172.32.0.1", "2a02:6b8::2:242", "192.0.1.1"])
    func ordinary(text: String) throws { #expect(try #require(IPAddress(text)).isPublic) }
}
