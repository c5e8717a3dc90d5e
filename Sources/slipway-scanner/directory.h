#ifndef SCANNER_DIRECTORY_H
#define SCANNER_DIRECTORY_H

/* Removes what is in a directory, never following a link, to a bounded depth. */
void directory_empty(const char *path);

#endif
