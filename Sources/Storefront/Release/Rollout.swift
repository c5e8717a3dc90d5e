/// Which part of the players gets the newer of a channel's two versions.
///
/// Values in, decision out: every server answers the same for the same player, nothing is remembered, and raising the
/// percentage takes the new version from nobody.
public struct Rollout: Hashable, Sendable {
    public let state: RolloutState
    /// 0 to 100.
    public let percent: Int

    public init(state: RolloutState, percent: Int) {
        self.state = state
        self.percent = min(max(percent, 0), 100)
    }

    /// A rollout that begins: complete from the first moment at 100.
    public init(beginningAt percent: Int) {
        self.init(state: percent >= 100 ? .complete : .rolling, percent: percent)
    }

    /// To another percentage, up or down; 100 completes it.
    public func moved(to percent: Int) throws(InvalidTransition) -> Rollout {
        if percent >= 100 {
            return Rollout(
                state: self.state == .complete ? .complete : try self.state.applying(.complete), percent: 100)
        }
        return Rollout(state: try self.state.applying(.adjust), percent: percent)
    }

    public func halted() throws(InvalidTransition) -> Rollout {
        Rollout(state: try self.state.applying(.halt), percent: self.percent)
    }

    /// Whether a player gets the newer version.
    ///
    /// - Parameters:
    ///   - player: any stable name of the player; nil for somebody unknown, who gets it when everybody does.
    ///   - seed: what makes the draw: the same players are not the first of every version.
    ///   - hasNewer: whether the newer version is installed already; a halt takes it from nobody.
    public func offersNewer(to player: String?, seed: String, hasNewer: Bool) -> Bool {
        switch self.state {
        case .complete: return true
        case .halted: return hasNewer
        case .rolling:
            guard let player else { return hasNewer }
            return StableHash.share(of: player, seed: seed) < UInt64(self.percent) * 100
        }
    }
}
