#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The engine keeps file sizes in an int here and there; libclamav sets its own ceiling at INT_MAX - 2. */
#define ENGINE_CEILING 2147483645u

static int parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value) {
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') return -1;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || *end != 0 || number < least || number > most) return -1;
    *value = number;
    return 0;
}

int settings_parse(struct settings *settings, int count, char **arguments) {
    memset(settings, 0, sizeof *settings);
    uint64_t socket = 0;
    const struct {
        const char *name;
        uint64_t *value;
        uint64_t least, most;
    } numbers[] = {
        {"--socket", &socket, 3, 3},
        {"--max-file-size", &settings->max_file_size, 1, ENGINE_CEILING},
        {"--max-scan-size", &settings->max_scan_size, 1, (uint64_t)1 << 42},
        {"--max-files", &settings->max_files, 1, 100000000},
        {"--max-recursion", &settings->max_recursion, 1, 100},
        {"--max-scan-time", &settings->max_scan_time, 1, 86400000},
        {"--window", &settings->window, 1 << 18, ENGINE_CEILING},
        {"--overlap", &settings->overlap, 0, ENGINE_CEILING},
        {"--memory", &settings->memory, (uint64_t)1 << 28, (uint64_t)1 << 42},
    };
    const struct {
        const char *name;
        const char **value;
    } texts[] = {{"--database", &settings->database}, {"--temporary", &settings->temporary}};
    const size_t number_count = sizeof numbers / sizeof *numbers, text_count = sizeof texts / sizeof *texts;

    for (int index = 1; index + 1 < count; index += 2) {
        const char *name = arguments[index], *value = arguments[index + 1];
        int known = 0;
        for (size_t at = 0; at < number_count; at++) {
            if (strcmp(name, numbers[at].name) != 0) continue;
            known = parse_number(value, numbers[at].least, numbers[at].most, numbers[at].value) == 0;
        }
        for (size_t at = 0; at < text_count; at++) {
            if (strcmp(name, texts[at].name) != 0) continue;
            *texts[at].value = value;
            known = value[0] == '/';
        }
        if (!known) {
            fprintf(stderr, "slipway-scanner: %s %s is no option, or its value is out of range\n", name, value);
            return -1;
        }
    }
    settings->socket = (int)socket;
    for (size_t at = 0; at < number_count; at++) {
        if (*numbers[at].value >= numbers[at].least) continue;
        fprintf(stderr, "slipway-scanner: %s is missing\n", numbers[at].name);
        return -1;
    }
    if (!settings->database || !settings->temporary || settings->window > settings->max_file_size ||
        settings->overlap * 2 > settings->window) {
        fprintf(stderr, "slipway-scanner: --database and --temporary are needed, the window fits the largest file, "
                        "the overlap is at most half a window\n");
        return -1;
    }
    return 0;
}
