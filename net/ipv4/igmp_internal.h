/* SPDX-License-Identifier: MIT */
/* What the state of groups (igmp.c) and its reports (igmp_report.c) share. */
#ifndef IGMP_INTERNAL_H
#define IGMP_INTERNAL_H

#include <net/igmp.h>

/* igmp_mode - the filter mode of all sockets together: EXCLUDE where one of them excludes. RFC 3376 section 3.2. */
static inline unsigned int igmp_mode(const struct ip_mc_list *im)
{
	return im->sfcount[MCAST_EXCLUDE] ? MCAST_EXCLUDE : MCAST_INCLUDE;
}
/* igmp_source_counts - is the source part of the filter that the device as a whole has? */
static inline bool igmp_source_counts(const struct ip_mc_list *im, const struct ip_sf_list *sf)
{
	if (igmp_mode(im) == MCAST_INCLUDE)
		return sf->sf_count[MCAST_INCLUDE] != 0;
	return sf->sf_count[MCAST_EXCLUDE] == im->sfcount[MCAST_EXCLUDE] &&
	       !sf->sf_count[MCAST_INCLUDE];
}
/* igmp_reports - is there anything to say about the group at all? */
bool igmp_reports(const struct ip_mc_list *im);
/* igmp_report_old - versions 1 and 2: one message about the group. The others are of version 3. igmp_report_change - what has
 * changed and is still to be told, once more. igmp_report_group - what is, as a query for the group asks. igmp_report_all -
 * what is, of all groups of the device. Context: softirqs off. */
void igmp_report_old(struct ip_mc_list *im, u8 type);
void igmp_report_change(struct ip_mc_list *im);
void igmp_report_group(struct ip_mc_list *im);
void igmp_report_all(struct in_device *in_dev);

#endif
