"""The queue's benchmark: ours, the queues that install from PyPI, and bare SQL, on one cluster in one run."""
