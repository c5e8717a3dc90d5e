import CLinux
import Glibc

/// What malloc keeps of what was freed.
public enum ProcessHeap {
    /// Blocks from here on come from the kernel one by one, and go back to it when they are freed.
    private static let largeBlock: Int32 = 1 << 20
    /// Free memory that may stay at the end of a heap. With a quarter of it, giving back and taking anew made stages that
    /// work on many small blocks two to four times as long.
    private static let mostAtEnd: Int32 = 16 << 20

    /// Has freed memory leave the process, for one with many threads whose needs come in waves. Call once, at the start.
    ///
    /// glibc gives eight heaps to each processor by default, each of which keeps the most that any of its threads ever
    /// needed, and lets large blocks into them once one was freed. One for each processor was as fast, on a busy machine too.
    public static func keepSmall() {
        let processors = max(2, min(Int32(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 16))
        // A refused setting leaves malloc as it was.
        _ = linux_set_malloc(processors, self.largeBlock, self.mostAtEnd)
    }
}
