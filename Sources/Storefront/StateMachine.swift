/// A state that events move on, by rules that are nothing but a table.
public protocol StateMachine: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    associatedtype Event: RawRepresentable<String>, CaseIterable, Hashable, Sendable

    /// What the thing is called in errors.
    static var subject: String { get }

    /// Where the event leads from here; nil when it is not possible.
    func next(on event: Event) -> Self?
}

extension StateMachine {
    /// Events that are possible from here, in the order they are declared.
    public var allowed: [Event] { Event.allCases.filter { self.next(on: $0) != nil } }

    /// Where the event leads from here.
    public func applying(_ event: Event) throws(InvalidTransition) -> Self {
        guard let next = self.next(on: event) else {
            throw InvalidTransition(
                subject: Self.subject, current: self.rawValue, requested: event.rawValue,
                allowed: self.allowed.map(\.rawValue))
        }
        return next
    }
}
