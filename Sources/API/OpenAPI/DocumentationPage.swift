import Content
import Digests
import FoundationEssentials
import HTTPTypes
import Storefront

/// The documentation as one page of HTML, made of the OpenAPI document: no script, no font, no picture from anywhere.
struct DocumentationPage: Sendable {
    let bytes: [UInt8]
    /// Lets the page's own style in and nothing else.
    let contentSecurityPolicy: String

    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b1b1b;background:#fff}\
        code,pre{font:14px/1.4 ui-monospace,monospace}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}\
        details{margin:.4rem 0;border:1px solid #ddd;border-radius:4px;padding:.3rem .6rem}summary{cursor:pointer}\
        .m{display:inline-block;min-width:4.5rem;font-weight:700}pre{overflow-x:auto;background:#f6f6f6;padding:.6rem}\
        table{border-collapse:collapse}td,th{border:1px solid #ddd;padding:.2rem .5rem;text-align:left}\
        @media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}pre{background:#222}\
        details,td,th{border-color:#444}a{color:#8ab4ff}}
        """

    init(document: JSONValue) {
        let digest = Digest.sha256(of: Array(Self.style.utf8))
        self.contentSecurityPolicy = """
            default-src 'none'; style-src 'sha256-\(Data(digest.bytes).base64EncodedString())'; frame-ancestors 'none'; \
            base-uri 'none'; form-action 'none'
            """
        var html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1"><title>Slipway Developer Service</title>
            <style>\(Self.style)</style></head><body><h1>Slipway Developer Service</h1>
            <p>Made of the running server's routes. The same for machines: <a href="/openapi.json">/openapi.json</a>.</p>
            <h2 id="conventions">Conventions</h2>\(Self.conventions)
            """
        for (family, routes) in Self.families {
            html += "<h2>\(Self.escaped(family))</h2>"
            for route in routes { html += Self.section(route, document) }
        }
        html += "<h2 id=\"schemas\">Schemas</h2>"
        for member in document.object?["components"]?.object?["schemas"]?.object?.members ?? [] {
            html += """
                <details id="schema-\(Self.escaped(member.name))"><summary><code>\(Self.escaped(member.name))</code>\
                </summary><pre>\(Self.escaped(Self.pretty(member.value, "")))</pre></details>
                """
        }
        html += "</body></html>"
        self.bytes = Array(html.utf8)
    }

    private static let conventions = """
        <ul><li>Send <code>Authorization: Bearer …</code> or <code>X-API-Key: …</code>; with several companies also \
        <code>X-Developer-Id</code>.</li><li>Every refusal is <code>application/problem+json</code> (RFC 9457) with a \
        stable <code>code</code>; its texts come in English or Russian by <code>Accept-Language</code>.</li><li>POST and \
        PATCH take an <code>Idempotency-Key</code>: the same request sent again is answered again and done once.</li>\
        <li><code>RateLimit</code> tells what is left, 429 comes with <code>Retry-After</code>.</li><li>Lists have \
        <code>items</code> and <code>next_cursor</code>, and take <code>limit</code> and <code>cursor</code>.</li><li>Single \
        things have an <code>ETag</code>; <code>If-Match</code> keeps two writers apart.</li></ul>
        """

    /// Routes by the first word of their paths, in the order of the table.
    private static let families: [(String, [RouteDeclaration])] = {
        var families: [(String, [RouteDeclaration])] = []
        for route in RouteTable.all where !route.path.hasSuffix("**") {
            let path =
                route.path.hasPrefix(RouteTable.prefix)
                ? String(route.path.dropFirst(RouteTable.prefix.count)) : route.path
            let word = path.split(separator: "/").first.map(String.init) ?? "/"
            if let index = families.firstIndex(where: { $0.0 == word }) {
                families[index].1.append(route)
            } else {
                families.append((word, [route]))
            }
        }
        return families
    }()

    private static func section(_ route: RouteDeclaration, _ document: JSONValue) -> String {
        let item = document.object?["paths"]?.object?[route.path]?.object
        let operation = item?[route.method.rawValue.lowercased()]?.object
        var html = """
            <details><summary><span class="m">\(route.method.rawValue)</span> <code>\(self.escaped(route.path))</code> \
            – \(self.escaped(route.summary))</summary><p>\(self.access(route))</p>
            """
        if case .array(let parameters)? = operation?["parameters"], !parameters.isEmpty {
            html += "<table><tr><th>parameter</th><th>in</th><th>schema</th></tr>"
            for parameter in parameters {
                func text(_ name: String) -> String {
                    if case .string(let text)? = parameter.object?[name] { text } else { "" }
                }
                html += """
                    <tr><td><code>\(self.escaped(text("name")))</code></td><td>\(self.escaped(text("in")))</td>\
                    <td><code>\(self.escaped(parameter.object?["schema"]?.description ?? ""))</code></td></tr>
                    """
            }
            html += "</table>"
        }
        if let request = route.request { html += "<p>Takes \(self.link(request)).</p>" }
        html += "<p>Answers \(route.status)\(route.response.map { " with \(self.link($0))" } ?? "").</p>"
        return html + "</details>"
    }

    private static func access(_ route: RouteDeclaration) -> String {
        let who =
            switch route.access {
            case .everybody: "For everybody."
            case .person: "For any person with a token."
            case .permission(let permission):
                "Needs <code>\(permission.rawValue)</code>\(permission.isGrantableToKeys ? ", which API keys may carry" : "")."
            case .platform(let role): "For the platform's own people with the role <code>\(role.rawValue)</code>."
            case .service(let permission): "For services of the platform with <code>\(permission.rawValue)</code>."
            }
        switch route.verification {
        case .none: return who
        case .always: return who + " The company must be verified."
        case .asConfigured: return who + " The company must be verified, unless the operator waives it."
        }
    }

    private static func link(_ schema: String) -> String {
        "<a href=\"#schema-\(self.escaped(schema))\"><code>\(self.escaped(schema))</code></a>"
    }

    private static func pretty(_ value: JSONValue, _ indent: String) -> String {
        guard case .object(let object) = value, !object.members.isEmpty else { return value.description }
        let inner = indent + "  "
        let lines = object.members.map { "\(inner)\($0.name): \(self.pretty($0.value, inner))" }
        return "{\n\(lines.joined(separator: "\n"))\n\(indent)}"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.append(character)
            }
        }
    }
}
