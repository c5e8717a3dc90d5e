#ifndef SCANNER_DIRECTORY_H
#define SCANNER_DIRECTORY_H

/* Removes what is in a directory, never following a link, to a bounded depth. */
void directory_empty(const char *path);

/* Whether an open directory has nothing in it; cheaper than emptying it. */
int directory_is_empty(int directory);

#endif
