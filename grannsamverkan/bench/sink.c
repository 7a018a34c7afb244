/* The other side of `bench compare`: takes mail or SMS as fast as C can, on 127.0.0.1 only, in one thread.
 *
 *   sink smtp LOGFILE DELAY_MS      an SMTP server with PIPELINING and CHUNKING
 *   sink sms  LOGFILE DELAY_MS      Twilio's POST .../Messages.json
 *
 * Prints its port on standard output. Each accepted message is one line in LOGFILE, "<epoch in microseconds> <to>",
 * where <to> is what RCPT TO or the form's To said. DELAY_MS holds back every reply, as the way to a real provider
 * does. Ends at SIGTERM, or with whoever started it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096
#define S(text) text, sizeof(text) - 1

typedef struct {
    int open, in_data, wants_write;
    uint32_t age;
    char *in, *out, to[256];
    size_t in_len, in_cap, out_len, out_cap, chunk;
} Conn;

typedef struct { uint64_t due; int fd; uint32_t age; char *text; size_t len; } Held;

static Conn conns[MOST];
static Held *held;
static size_t held_first, held_end, held_cap;
static int poller, is_sms, delay_ms, log_fd;
static uint32_t ages;
static uint64_t taken;
static char log_buf[1 << 20];
static size_t log_len;
static volatile sig_atomic_t stopping;

static uint64_t now_us(int clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}
static void on_signal(int n) { (void)n; stopping = 1; }

static void flush_log(void) {
    for (size_t at = 0; at < log_len;) {
        ssize_t n = write(log_fd, log_buf + at, log_len - at);
        if (n <= 0) break;
        at += n;
    }
    log_len = 0;
}
static void note(const char *to, size_t len) {
    taken++;
    if (len > 250) len = 250;
    if (log_len + len + 40 > sizeof log_buf) flush_log();
    log_len += sprintf(log_buf + log_len, "%llu ", (unsigned long long)now_us(CLOCK_REALTIME));
    memcpy(log_buf + log_len, to, len);
    log_len += len;
    log_buf[log_len++] = '\n';
}
static void drop(int fd) {
    Conn *c = &conns[fd];
    epoll_ctl(poller, EPOLL_CTL_DEL, fd, 0);
    close(fd);
    free(c->in);
    free(c->out);
    memset(c, 0, sizeof *c);
}
static void pump(int fd) {
    Conn *c = &conns[fd];
    size_t at = 0;
    while (at < c->out_len) {
        ssize_t n = write(fd, c->out + at, c->out_len - at);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) { drop(fd); return; }
        at += n;
    }
    memmove(c->out, c->out + at, c->out_len - at);
    c->out_len -= at;
    int wants = c->out_len > 0;
    if (wants == c->wants_write) return;
    struct epoll_event e = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_MOD, fd, &e);
    c->wants_write = wants;
}
static void put(Conn *c, const char *text, size_t len) {
    if (c->out_len + len > c->out_cap) c->out = realloc(c->out, c->out_cap = (c->out_len + len) * 2 + 4096);
    memcpy(c->out + c->out_len, text, len);
    c->out_len += len;
}
static void answer(int fd, const char *text, size_t len) {
    if (!delay_ms) { put(&conns[fd], text, len); return; }
    if (held_end == held_cap) {
        memmove(held, held + held_first, (held_end - held_first) * sizeof *held);
        held_end -= held_first;
        held_first = 0;
        if (held_end * 2 >= held_cap) held = realloc(held, (held_cap = held_cap * 2 + 1024) * sizeof *held);
    }
    Held *h = &held[held_end++];
    *h = (Held){now_us(CLOCK_MONOTONIC) + delay_ms * 1000ull, fd, conns[fd].age, malloc(len), len};
    memcpy(h->text, text, len);
}
static size_t take_mail(int fd, char *p, size_t n) {
    Conn *c = &conns[fd];
    size_t used = 0;
    while (used < n) {
        if (c->chunk) { /* a message whose length was told, always a whole one here */
            size_t piece = n - used < c->chunk ? n - used : c->chunk;
            used += piece;
            if (c->chunk -= piece) break;
            note(c->to, strlen(c->to));
            answer(fd, S("250 2.0.0 Ok: queued\r\n"));
            continue;
        }
        if (c->in_data) {
            char *end = n - used >= 3 && !memcmp(p + used, ".\r\n", 3) ? p + used - 2 : memmem(p + used, n - used, S("\r\n.\r\n"));
            if (!end) break;
            note(c->to, strlen(c->to));
            used = end + 5 - p;
            c->in_data = 0;
            answer(fd, S("250 2.0.0 Ok: queued\r\n"));
            continue;
        }
        char *end = memchr(p + used, '\n', n - used), *line = p + used;
        if (!end) break;
        used = end + 1 - p;
        if (!strncasecmp(line, "EHLO", 4)) answer(fd, S("250-sink.invalid\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"));
        else if (!strncasecmp(line, "RCPT", 4)) {
            char *from = memchr(line, '<', end - line), *to = from ? memchr(from, '>', end - from) : 0;
            size_t len = to ? (size_t)(to - from - 1) : 0;
            if (len > 250) len = 250;
            if (len) memcpy(c->to, from + 1, len);
            c->to[len] = 0;
            answer(fd, S("250 2.1.5 Ok\r\n"));
        } else if (!strncasecmp(line, "BDAT", 4)) c->chunk = strtoul(line + 4, 0, 10);
        else if (!strncasecmp(line, "DATA", 4)) { c->in_data = 1; answer(fd, S("354 Go on\r\n")); }
        else if (!strncasecmp(line, "QUIT", 4)) answer(fd, S("221 2.0.0 Bye\r\n"));
        else answer(fd, S("250 2.0.0 Ok\r\n"));
    }
    return used;
}
static size_t take_sms(int fd, char *p, size_t n) {
    size_t used = 0;
    while (used < n) {
        char *head = p + used, *end = memmem(head, n - used, S("\r\n\r\n")), body[400], out[600];
        if (!end) break;
        size_t len = 0;
        for (char *line = head; line < end;) {
            char *next = memmem(line, end + 2 - line, S("\r\n"));
            if (!strncasecmp(line, "content-length:", 15)) len = strtoul(line + 15, 0, 10);
            if (!next) break;
            line = next + 2;
        }
        char *form = end + 4;
        if (n - used < (size_t)(form - head) + len) break;
        char *to = memmem(form, len, S("To=")), *stop = to ? memchr(to, '&', form + len - to) : 0;
        if (to) note(to + 3, (stop ? stop : form + len) - to - 3);
        int m = snprintf(body, sizeof body,
            "{\"sid\": \"SM%032llx\", \"status\": \"queued\", \"body\": \"\", \"to\": \"+46\", \"from\": \"+46\", \"num_segments\": \"1\","
            " \"error_code\": null, \"error_message\": null, \"direction\": \"outbound-api\"}", (unsigned long long)taken);
        int k = snprintf(out, sizeof out,
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", m, body);
        answer(fd, out, k);
        used += (form - head) + len;
    }
    return used;
}
static void readable(int fd) {
    Conn *c = &conns[fd];
    for (;;) {
        if (c->in_cap - c->in_len < 65536) c->in = realloc(c->in, c->in_cap = c->in_cap * 2 + 131072);
        size_t room = c->in_cap - c->in_len;
        ssize_t n = read(fd, c->in + c->in_len, room);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0) { drop(fd); return; }
        c->in_len += n;
        if ((size_t)n < room) break;
    }
    size_t used = is_sms ? take_sms(fd, c->in, c->in_len) : take_mail(fd, c->in, c->in_len);
    memmove(c->in, c->in + used, c->in_len - used);
    c->in_len -= used;
    pump(fd);
}
static void greet(int fd) {
    int one = 1;
    if (fd >= MOST) { close(fd); return; }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    memset(&conns[fd], 0, sizeof conns[fd]);
    conns[fd].open = 1;
    conns[fd].age = ++ages;
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
    if (!is_sms) { answer(fd, S("220 sink.invalid ESMTP\r\n")); pump(fd); }
}
static void let_go_due(void) {
    uint64_t now = now_us(CLOCK_MONOTONIC);
    for (; held_first < held_end && held[held_first].due <= now; held_first++) {
        Held *h = &held[held_first];
        Conn *c = &conns[h->fd];
        if (c->open && c->age == h->age) { put(c, h->text, h->len); pump(h->fd); }
        free(h->text);
    }
}
static int wait_ms(void) {
    if (held_first == held_end) return log_len ? 50 : 500;
    uint64_t now = now_us(CLOCK_MONOTONIC), due = held[held_first].due;
    return due > now ? (int)((due - now + 999) / 1000) : 0;
}
int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "usage: sink smtp|sms LOGFILE DELAY_MS\n"); return 2; }
    is_sms = !strcmp(argv[1], "sms");
    delay_ms = atoi(argv[3]);
    log_fd = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0600);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGTERM, on_signal);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (bind(door, (void *)&at, len) || listen(door, 1024) || getsockname(door, (void *)&at, &len)) { perror("sink"); return 1; }
    poller = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = door}, found[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, door, &e);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    uint64_t flushed = now_us(CLOCK_MONOTONIC);
    while (!stopping) {
        int n = epoll_wait(poller, found, 256, wait_ms());
        for (int i = 0; i < n; i++) {
            int fd = found[i].data.fd;
            if (fd == door) {
                for (int one; (one = accept4(door, 0, 0, SOCK_NONBLOCK)) >= 0;) greet(one);
                continue;
            }
            if (conns[fd].open && found[i].events & EPOLLOUT) pump(fd);
            if (conns[fd].open && found[i].events & ~EPOLLOUT) readable(fd);
        }
        let_go_due();
        if (now_us(CLOCK_MONOTONIC) - flushed > 50000) { flush_log(); flushed = now_us(CLOCK_MONOTONIC); }
    }
    flush_log();
    return 0;
}
