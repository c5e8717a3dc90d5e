#include <archive.h>
#include <archive_entry.h>
/* libarchive stands on zlib, and reads gzip without looking at its checksum; so Deflate is read by zlib itself. */
#include <zlib.h>
