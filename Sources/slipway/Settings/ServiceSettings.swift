import Configuration
import Platform

/// Where the other services of the platform are, and how we and they know each other.
struct ServiceSettings: Sendable {
    /// Services that are asked or told something.
    enum Peer: String, CaseIterable, Sendable {
        case account, admin, analytics, catalog, download, notification, payment

        /// Those that are told facts.
        var listener: Listener? { Listener(rawValue: self.rawValue) }
    }

    /// One of them.
    struct Place: Sendable {
        /// `SLIPWAY_<SERVICE>_URL`: without a slash at its end.
        var url: String
        /// `SLIPWAY_<SERVICE>_TOKEN`: shown with each request.
        var token: String?
        /// `SLIPWAY_<SERVICE>_TOKEN_FILE`, else `SLIPWAY_SERVICE_TOKEN_FILE`: a file with the token; read anew for each
        /// request, so that it may change.
        var tokenFile: String?
        /// `SLIPWAY_<SERVICE>_SECRET`: `whsec_` and base64; signs the facts the service is told. It hears none without.
        var secret: String?
    }

    /// Nothing for what there is not.
    var places: [Peer: Place] = [:]
    /// `SLIPWAY_EVENTS_URL` and `SLIPWAY_EVENTS_SECRET`: a service that is told of all events.
    var everything: (url: String, secret: String)?
    /// `SLIPWAY_SERVICE_CERTIFICATE`, `SLIPWAY_SERVICE_KEY`, `SLIPWAY_SERVICE_ROOTS`: files in PEM, for services that ask
    /// for a certificate and to believe theirs.
    var identity: ServiceTransport.Identity

    init(reading config: ConfigReader) throws {
        let shared = config.string(forKey: "service.token.file")
        for peer in Peer.allCases {
            guard let url = try Self.url("\(peer).url", in: config) else { continue }
            self.places[peer] = Place(
                url: url, token: config.string(forKey: ConfigKey("\(peer).token"), isSecret: true),
                tokenFile: config.string(forKey: ConfigKey("\(peer).token.file")) ?? shared,
                secret: try Self.secret("\(peer).secret", in: config))
        }
        if let url = try Self.url("events.url", in: config) {
            guard let secret = try Self.secret("events.secret", in: config) else {
                throw SettingsError.missing("SLIPWAY_EVENTS_SECRET")
            }
            self.everything = (url, secret)
        }
        self.identity = ServiceTransport.Identity(
            certificate: config.string(forKey: "service.certificate"), key: config.string(forKey: "service.key"),
            roots: config.string(forKey: "service.roots"))
    }

    /// Where facts go: the address and the secret of everybody who is told some.
    var listeners: [Listener: (url: String, secret: String)] {
        var listeners: [Listener: (url: String, secret: String)] = [:]
        for (peer, place) in self.places {
            guard let listener = peer.listener, let secret = place.secret else { continue }
            listeners[listener] = (place.url + Listener.path, secret)
        }
        listeners[.everything] = self.everything
        return listeners
    }

    private static func url(_ key: String, in config: ConfigReader) throws -> String? {
        guard let url = config.string(forKey: ConfigKey(key)), !url.isEmpty else { return nil }
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.hasSuffix("/") else {
            throw SettingsError.invalid(Settings.variable(of: key), "\(url) is no URL without a slash at its end")
        }
        return url
    }

    private static func secret(_ key: String, in config: ConfigReader) throws -> String? {
        guard let secret = config.string(forKey: ConfigKey(key), isSecret: true), !secret.isEmpty else { return nil }
        guard secret.hasPrefix("whsec_") else {
            throw SettingsError.invalid(Settings.variable(of: key), "a secret begins with whsec_")
        }
        return secret
    }
}
