"""Seventy-six bad inputs and attacks, each with the tests that prove its outcome.

Numbers are those of the list in `docs/asvs.md`. Where nothing of the kind exists yet, the line says why and when.
"""

from __future__ import annotations

LATER = "later: "

INPUTS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "unknown user and wrong password alike",
        (
            "accounts/test_guessing.py::test_refusal_is_the_same_for_everybody",
            "accounts/test_guessing.py::test_password_is_hashed_once_whether_the_account_exists_or_not",
        ),
    ),
    2: (
        "guessing is locked out and told",
        (
            "accounts/test_guessing.py::test_fifth_failure_shuts_the_account_from_here_for_a_while",
            "accounts/test_guessing.py::test_failure_is_told_in_the_trail_of_the_person",
            "accounts/test_guessing.py::test_the_lock_and_what_knocks_at_it_are_told",
        ),
    ),
    3: (
        "a stranger's guesses lock nobody else out",
        (
            "accounts/test_guessing.py::test_other_places_and_accounts_stay_open",
            "accounts/test_windows.py::test_strangers_everywhere_slow_an_account_down_but_never_the_last_administrators",
        ),
    ),
    4: (
        "Turkish weak word",
        ("accounts/test_passwords.py::test_weak_passwords_are_refused_by_their_reason",),
    ),
    5: (
        "the same backwards",
        ("accounts/test_passwords.py::test_weak_passwords_are_refused_by_their_reason",),
    ),
    6: (
        "rows of both keyboards",
        ("accounts/test_passwords.py::test_weak_passwords_are_refused_by_their_reason",),
    ),
    7: (
        "own name, phone, date",
        ("accounts/test_passwords.py::test_what_is_known_of_the_person_is_refused",),
    ),
    8: ("one of the last ten", ("accounts/test_passwords.py::test_none_of_the_last_ten_comes_back",)),
    9: (
        "a password of one megabyte",
        ("accounts/test_passwords.py::test_one_megabyte_is_refused_before_anything_is_looked_at",),
    ),
    10: ("odd signs in a password", ("accounts/test_log_in.py::test_odd_input_is_refused_calmly",)),
    11: (
        "an expired password",
        ("accounts/test_passwords.py::test_an_old_password_opens_the_page_for_a_new_one_only",),
    ),
    12: (
        "a change without the present password",
        ("accounts/test_own_pages.py::test_password_change_is_refused",),
    ),
    13: (
        "a second log-in",
        ("accounts/test_sessions.py::test_a_new_log_in_ends_the_old_session_and_both_are_told",),
    ),
    14: (
        "a stolen cookie",
        (
            "accounts/test_sessions.py::test_a_stolen_cookie_is_worth_nothing_after_log_out",
            "accounts/test_own_pages.py::test_password_change_keeps_this_session_and_ends_others",
            "accounts/test_admin.py::test_closing_an_account_ends_its_session_and_rights",
        ),
    ),
    15: ("session fixation", ("accounts/test_log_in.py::test_session_key_changes_at_every_step",)),
    16: (
        "idle for fifteen minutes",
        (
            "accounts/test_sessions.py::test_fifteen_idle_minutes_end_it",
            "accounts/test_sessions.py::test_use_keeps_it_open_and_what_a_page_fetches_does_not",
        ),
    ),
    17: (
        "outside hours and networks",
        ("accounts/test_windows.py::test_log_in_outside_is_refused_without_a_reason_and_told",),
    ),
    18: (
        "a role taken away meanwhile",
        ("security/test_doors.py::test_a_right_taken_away_during_the_session_ends_at_once",),
    ),
    19: (
        "a one-time link again, after fifteen minutes, another person's, or invented",
        (
            "accounts/test_own_pages.py::test_one_time_link_sets_a_password_once",
            "accounts/test_own_pages.py::test_one_time_link_lives_a_quarter_of_an_hour",
            "accounts/test_own_pages.py::test_another_persons_link_opens_nothing",
            "accounts/test_own_pages.py::test_invented_link_opens_nothing",
        ),
    ),
    20: (
        "a code again, a thousand codes",
        (
            "accounts/test_log_in.py::test_code_counts_once",
            "accounts/test_guessing.py::test_wrong_codes_are_throttled_too",
        ),
    ),
    21: ("a certificate told by a header", ("accounts/test_certificates.py::test_through_a_real_nginx",)),
    22: ("a revoked or foreign certificate", ("accounts/test_certificates.py::test_through_a_real_nginx",)),
    23: (
        "a form without its token",
        ("security/test_doors.py::test_a_form_without_its_token_changes_nothing",),
    ),
    24: ("next= to somewhere else", ("accounts/test_log_in.py::test_nobody_is_led_elsewhere",)),
    25: (
        "every door, person and record",
        (
            "security/test_access_matrix.py::test_pages_answer_as_the_table_says",
            "security/test_access_matrix.py::test_the_api_answers_as_the_table_says",
            "security/test_access_matrix.py::test_the_admin_answers_as_the_table_says",
        ),
    ),
    26: (
        "guessed numbers and nested addresses",
        ("security/test_strangers.py::test_strangers_learn_and_change_nothing",),
    ),
    27: (
        "extra fields",
        (
            "security/test_doors.py::test_extra_fields_of_a_step_are_not_taken",
            "security/test_doors.py::test_extra_fields_of_an_opening_are_not_taken",
            "security/test_doors.py::test_extra_fields_of_the_own_profile_are_not_taken",
        ),
    ),
    28: ("a step skipped", ("engine/test_page_is_api.py::test_both_refuse_the_wrong_state",)),
    29: (
        "approving one's own",
        (
            "ebys/test_outgoing_gate.py::test_nobody_approves_what_they_drafted",
            "processes/test_catalogue_approval.py::test_the_preparer_does_not_check",
        ),
    ),
    30: (
        "hidden columns as filter or order",
        ("security/test_more_inputs.py::test_unknown_filters_and_orders_of_the_api_are_refused",),
    ),
    31: (
        "an export without its filter",
        (
            "security/test_access_matrix.py::test_cases_are_listed_counted_and_exported_only_to_those_who_may_see_them",
        ),
    ),
    32: (
        "the admin as somebody else",
        ("security/test_access_matrix.py::test_the_admin_answers_as_the_table_says",),
    ),
    33: (LATER + "the archive's discharge date and consent come with the room of 5.7", ()),
    34: (LATER + "a patient's objection comes with the room of 5.7", ()),
    35: (LATER + "writing without reading comes with the room of 5.7; no door of today has it", ()),
    36: (
        "other methods",
        (
            "security/test_doors.py::test_other_methods_change_nothing",
            "security/test_doors.py::test_a_method_in_a_header_counts_for_nothing",
            "ebys/api/test_doors.py::test_a_method_override_is_no_way_round",
        ),
    ),
    37: (
        "revoke and read at once",
        ("security/test_doors.py::test_a_right_taken_away_during_the_session_ends_at_once",),
    ),
    38: (
        "a delegation that is over",
        (
            "security/test_doors.py::test_a_delegation_over_opens_nothing",
            "engine/test_steps.py::test_a_deputy_and_the_principal_are_both_told",
        ),
    ),
    39: (
        "SQL in every parameter",
        ("security/test_hostile_input.py::test_hostile_input_is_answered_calmly",),
    ),
    40: ("% and _ in a search", ("security/test_doors.py::test_signs_of_patterns_are_searched_as_they_are",)),
    41: (
        "field look-ups by name",
        ("security/test_hostile_input.py::test_hostile_input_is_answered_calmly",),
    ),
    42: (
        "markup in what people type",
        ("security/test_doors.py::test_what_people_typed_stands_escaped_on_the_page",),
    ),
    43: ("SVG", ("processes/test_filetypes.py::test_other_kinds_and_wrong_names_are_unknown_media",)),
    44: (
        "markup in mails",
        ("processes/test_digest.py::test_one_mail_a_person_names_number_and_step_and_nobody",),
    ),
    45: (
        "line ends in names and subjects",
        ("security/test_hostile_input.py::test_hostile_input_is_answered_calmly",),
    ),
    46: (
        "line ends and control signs in logs",
        ("config/test_logs.py::test_what_could_name_a_person_is_taken_out",),
    ),
    47: (
        "formulas in exports",
        (
            "portal/test_export.py::test_csv_never_holds_a_formula",
            "portal/test_export.py::test_xlsx_never_holds_a_formula",
        ),
    ),
    48: ("DDE", ("security/test_doors.py::test_a_cell_of_an_export_is_no_formula",)),
    49: ("NUL", ("security/test_hostile_input.py::test_hostile_input_is_answered_calmly",)),
    50: (
        "headers that broke the trail",
        ("audit/test_middleware.py::test_no_header_keeps_an_act_out_of_the_trail",),
    ),
    51: (
        "a forged address",
        ("audit/test_middleware.py::test_the_address_is_not_taken_from_the_visitors_header",),
    ),
    52: ("a foreign host", ("security/test_doors.py::test_a_foreign_host_is_refused",)),
    53: (
        "JSON that is none",
        (
            "ebys/api/test_bad_input.py::test_a_body_that_is_no_sound_json_is_a_bad_request",
            "ebys/api/test_bad_input.py::test_a_body_too_large_is_refused_quickly",
        ),
    ),
    54: ("another content type", ("ebys/api/test_bad_input.py::test_other_content_types_are_not_taken",)),
    55: ("text that is none", ("ebys/api/test_bad_input.py::test_no_bytes_whatever_break_the_parser",)),
    56: (
        "TC numbers that are none",
        (
            "accounts/test_identity.py::test_malformed_text_is_not_valid",
            "accounts/test_identity.py::test_published_examples_are_valid",
        ),
    ),
    57: (
        "user names that look alike",
        ("security/test_more_inputs.py::test_no_second_admin_in_other_letters",),
    ),
    58: (
        "texts made for slow patterns",
        ("security/test_more_inputs.py::test_long_texts_are_searched_and_checked_quickly",),
    ),
    59: (
        "sizes, days and pages that cannot be",
        ("security/test_hostile_input.py::test_hostile_input_is_answered_calmly",),
    ),
    60: (
        "numbers too large",
        (
            "security/test_hostile_input.py::test_hostile_input_is_answered_calmly",
            "security/test_described_api.py::test_every_answer_of_the_api_is_a_described_one",
        ),
    ),
    61: (
        "zip bombs",
        (
            "processes/test_filetypes.py::test_a_bomb_of_500_megabytes_is_refused_in_a_second_and_little_memory",
            "processes/test_filetypes.py::test_a_package_of_very_many_parts_is_not_even_opened",
        ),
    ),
    62: (
        "paths, links, doubles and locks in packages",
        (
            "processes/test_filetypes.py::test_two_parts_of_the_same_name_are_refused",
            "processes/test_filetypes.py::test_a_symbolic_link_in_a_package_is_refused",
            "processes/test_filetypes.py::test_a_locked_package_is_refused",
        ),
    ),
    63: ("XML with entities", ("ebys/eyp/test_refusals.py::test_each_fault_has_its_own_refusal",)),
    64: (
        "two kinds in one file, PDFs that act",
        (
            "processes/test_filetypes.py::test_what_does_not_belong_in_a_record_is_refused",
            "processes/test_file_pages.py::test_a_file_is_saved_to_disk_with_its_name_and_can_run_nothing",
        ),
    ),
    65: (
        "names that deceive",
        (
            "processes/test_filetypes.py::test_a_wrong_name_is_told_with_what_the_content_is",
            "processes/test_filetypes.py::test_names_lose_paths_and_tricks_but_keep_turkish_letters",
        ),
    ),
    66: (
        "pictures too large, scans of many pages; the place in a picture stays: a record is kept as it came",
        (
            "processes/test_filetypes.py::test_a_picture_too_large_to_draw_is_refused_by_its_header",
            "processes/test_filetypes.py::test_other_kinds_and_wrong_names_are_unknown_media",
        ),
    ),
    67: (
        "the test virus and what a scanner finds",
        (
            "processes/test_filetypes.py::test_what_does_not_belong_in_a_record_is_refused",
            "processes/test_scanning.py::test_a_harmful_file_is_refused_by_name_and_stands_in_the_trail",
            "processes/test_scanning.py::test_a_harmful_package_stays_in_quarantine_with_its_reason",
        ),
    ),
    68: (
        "documents with macros",
        ("processes/test_filetypes.py::test_what_does_not_belong_in_a_record_is_refused",),
    ),
    69: (
        "nothing, half a file, too much",
        (
            "processes/test_file_pages.py::test_an_oversized_request_is_refused_before_it_is_read",
            "processes/test_files.py::test_put_stops_at_the_limit_and_leaves_nothing",
            "ebys/eyp/test_refusals.py::test_a_package_broken_off_anywhere_is_refused",
            "security/test_slow_upload.py::test_an_upload_that_breaks_off_leaves_nothing",
            "security/test_slow_upload.py::test_an_upload_that_trickles_is_ended_and_never_reaches_the_portal",
        ),
    ),
    70: (
        "the same bytes twice",
        ("processes/test_files.py::test_two_people_storing_the_same_bytes_at_once_keep_one",),
    ),
    71: (
        "downloads bent",
        (
            "processes/test_file_pages.py::test_a_download_that_breaks_off_is_no_reason_for_range",
            "processes/test_file_pages.py::test_internal_and_foreign_files_are_not_found",
        ),
    ),
    72: (
        "addresses that lead inside",
        (
            "ebys/test_webhooks.py::test_a_listed_name_that_leads_inside_is_refused",
            "ebys/test_webhooks.py::test_the_connection_goes_to_the_address_that_was_checked",
            "ebys/test_webhooks.py::test_a_redirect_is_not_followed",
        ),
    ),
    73: ("files of the program", ("security/test_doors.py::test_files_of_the_program_are_not_served",)),
    74: (
        "services from outside",
        (
            "config/test_deploy.py::test_only_the_proxy_can_be_reached_from_outside",
            "config/test_deploy.py::test_database_and_redis_stand_in_the_inner_network_alone",
            "config/test_tls.py::test_without_it_the_connection_is_a_finding",
            "config/test_tls.py::test_a_server_with_another_certificate_is_not_spoken_to",
        ),
    ),
    75: (
        "a caller that does not stop",
        (
            "ebys/api/test_doors.py::test_a_busy_key_is_told_to_wait",
            "config/test_pacing.py::test_two_hundred_searches_of_one_person_leave_the_others_alone",
            "config/test_pacing.py::test_exports_have_a_pace_of_their_own",
        ),
    ),
    76: (
        "SQL as the program's own role",
        (
            "audit/test_roles.py::test_no_login_can_change_the_trail",
            "audit/test_roles.py::test_the_program_finds_no_way_round",
        ),
    ),
}
