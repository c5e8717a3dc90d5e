import ArgumentParser
import Client

/// A number that operators set, or `none`, which takes it back.
struct OptionalNumber: ExpressibleByArgument {
    let value: Int?

    init?(argument: String) {
        if argument == "none" {
            self.value = nil
        } else {
            guard let value = Int(argument) else { return nil }
            self.value = value
        }
    }

    var body: OperatorBody.Value { self.value.map { .number($0) } ?? .null }
}

/// Two numbers, `1-8`, or `none`.
struct OptionalBounds: ExpressibleByArgument {
    let bounds: ClosedRange<Int>?

    init?(argument: String) {
        if argument == "none" {
            self.bounds = nil
            return
        }
        let halves = argument.split(separator: "-")
        guard halves.count == 2, let from = Int(halves[0]), let to = Int(halves[1]), from <= to else { return nil }
        self.bounds = from...to
    }

    var body: OperatorBody.Value {
        self.bounds.map { .object(["from": .number($0.lowerBound), "to": .number($0.upperBound)]) } ?? .null
    }
}

/// Attempts a second and at once, `20/100`, or `none`.
struct OptionalRate: ExpressibleByArgument {
    let rate: (perSecond: Double, burst: Int)?

    init?(argument: String) {
        if argument == "none" {
            self.rate = nil
            return
        }
        let halves = argument.split(separator: "/")
        guard halves.count == 2, let perSecond = Double(halves[0]), perSecond.isFinite, let burst = Int(halves[1])
        else { return nil }
        self.rate = (perSecond, burst)
    }

    var body: OperatorBody.Value {
        self.rate.map { .object(["per_second": .decimal($0.perSecond), "burst": .number($0.burst)]) } ?? .null
    }
}
