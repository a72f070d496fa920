package dev.millrace.example.retail;

/**
 * A row that cannot become part of an event.
 *
 * @param row its line in the file, the header being line 1
 * @param reason what is wrong with it
 * @param text the row as it stands in the file
 */
record RejectedRow(long row, String reason, String text) {}
