package dev.millrace.connect;

/**
 * That a row was inserted, by a transaction that has committed.
 *
 * @param id of the row
 * @param transaction the number of the transaction
 */
record Insert(long id, String transaction) {}
