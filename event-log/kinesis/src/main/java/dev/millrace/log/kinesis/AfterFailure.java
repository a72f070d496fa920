package dev.millrace.log.kinesis;

/** What a writer does with what is appended to a stream after an entry of that stream has failed. */
enum AfterFailure {
  /** It takes it: whether what follows a failed entry on its key is still wanted is for the caller to say. */
  GO_ON,
  /** It takes none of it, from that moment and not only from when the caller is told. */
  STOP
}
