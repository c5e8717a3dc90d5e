/// What became of addresses.
extension DifferenceModel {
    /// How far a target is expected to have moved.
    struct Forecast {
        var source: AddressMap.Source
        var change: Int
        /// What the other of covers and neighbour says.
        var rival: Int
    }

    /// How far the target at `address` moved: as a reference told, or its cover, or a neighbour.
    @inline(__always) func moved(_ address: Int, _ base: PatchOrigins.Bases, group: Int) -> Forecast {
        let known = self.map.change(of: address)
        guard known.source != .exact, let change = self.covers.change(of: address, base) else {
            return Forecast(source: known.source, change: known.change, rival: known.change)
        }
        guard known.source == .page else { return Forecast(source: .cover, change: change, rival: change) }
        return self.coverLead[group] >= 0
            ? Forecast(source: .cover, change: change, rival: known.change)
            : Forecast(source: .page, change: known.change, rival: change)
    }

    /// Learns how far a target moved, and which of covers and neighbours to believe.
    @inline(__always) mutating func learn(_ address: Int, change: Int, _ forecast: Forecast, group: Int) {
        self.map.learn(address, change: change)
        guard forecast.change != forecast.rival else { return }
        if change == (forecast.source == .cover ? forecast.change : forecast.rival) {
            self.coverLead[group] = min(self.coverLead[group] &+ 1, 32)
        } else if change == (forecast.source == .cover ? forecast.rival : forecast.change) {
            self.coverLead[group] = max(self.coverLead[group] &- 1, -32)
        }
    }
}
