"""For other programs: applications and who has access, access reviews, comparisons with an application's list of users."""
