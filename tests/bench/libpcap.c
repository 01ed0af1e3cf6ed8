/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a capture with libpcap and does nothing: the floor of the benchmark. Prints the number of
 * packets. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE];
  pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
  if (!capture) {
    fprintf(stderr, "usage: libpcap FILE\n");
    return EXIT_FAILURE;
  }
  struct pcap_pkthdr *header;
  const unsigned char *data;
  unsigned long packets = 0;
  while (pcap_next_ex(capture, &header, &data) == 1) packets++;
  pcap_close(capture);
  printf("%lu\n", packets);
  return EXIT_SUCCESS;
}
