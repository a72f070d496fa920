package dev.millrace.runtime;

import dev.millrace.log.LogException;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import dev.millrace.view.ViewException;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failure, the framework's own included, as a problem with a stable code. */
@Singleton
@Primary
final class Problems
    implements
      ExceptionHandler<RuntimeException, HttpResponse<Problem>>,
      ErrorResponseProcessor<Problem> {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  @Override
  @SuppressWarnings("rawtypes") // the framework's signature
  public HttpResponse<Problem> handle(HttpRequest request, RuntimeException failure) {
    var problem = of(failure);
    boolean early = problem.code().equals(Problem.Code.NOT_FRESH_YET.text());
    if (problem.status() >= 500 && !early)
      LOG.warn("{} {} failed: {}", request.getMethod(), request.getPath(), problem.detail(), failure);
    var answer = response(HttpResponse.status(HttpStatus.valueOf(problem.status())), problem);
    return early ? answer.header(HttpHeaders.RETRY_AFTER, "1") : answer;
  }

  @Override
  public MutableHttpResponse<Problem> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
    // a stream that fails before its first item comes here, and not to handle
    if (context.getRootCause().orElse(null) instanceof ProblemException known) {
      var problem = of(known);
      return response(response.status(problem.status()), problem);
    }
    var detail = context.getErrors().isEmpty()
        ? response.reason()
        : context.getErrors().getFirst().getMessage();
    int status = response.code();
    var code = switch (status) {
      case 404 -> Problem.Code.NOT_FOUND;
      default -> status < 500 ? Problem.Code.BAD_REQUEST : Problem.Code.INTERNAL;
    };
    return response(response, Problem.of(code, status, detail));
  }

  static Problem of(RuntimeException failure) {
    return switch (failure) {
      case ProblemException e -> Problem.of(e.code(), String.valueOf(e.getMessage()));
      case LogException e when e.code() == LogException.Code.UNKNOWN_STREAM ->
        Problem.of(Problem.Code.UNKNOWN_STREAM, String.valueOf(e.getMessage()));
      case LogException e when e.code() == LogException.Code.INVALID_TOKEN ->
        Problem.of(Problem.Code.BAD_TOKEN, String.valueOf(e.getMessage()));
      case LogException e -> of(e.fault(), e);
      case ViewException e -> ofView(e);
      case SchemaException e -> of(e.fault(), e);
      default -> of(failure.getCause() instanceof SQLException ? Fault.EXTERNAL : Fault.INTERNAL, failure);
    };
  }

  private static Problem ofView(ViewException failure) {
    var detail = String.valueOf(failure.getMessage());
    return switch (failure.code()) {
      case INVALID_KEY -> Problem.of(Problem.Code.BAD_KEY, detail);
      case INVALID_QUERY -> Problem.of(Problem.Code.BAD_QUERY, detail);
      case INVALID_CURSOR -> Problem.of(Problem.Code.BAD_PAGE, detail);
      case INVALID_TOKEN -> Problem.of(Problem.Code.BAD_TOKEN, detail);
      case UNKNOWN_VIEW -> Problem.of(Problem.Code.VIEW_NOT_BUILT, detail);
      case DIFFERENT -> Problem.of(Problem.Code.DIFFERENT, detail);
      case TIMED_OUT -> Problem.of(Problem.Code.NOT_FRESH_YET, detail);
      case INVALID_PROJECTION, DEFINITION_CHANGED, REFUSED, TOO_MANY_PARKED, DATABASE_UNREACHABLE,
          DISK_FAILED, INTERNAL ->
        of(failure.fault(), failure);
    };
  }

  private static Problem of(Fault fault, RuntimeException failure) {
    var detail = String.valueOf(failure.getMessage());
    return switch (fault) {
      case CALLER -> Problem.of(Problem.Code.REFUSED, detail);
      case EXTERNAL -> Problem.of(Problem.Code.UNREACHABLE, detail);
      // what is inside a defect is for the log, not for the caller
      case INTERNAL ->
        Problem.of(Problem.Code.INTERNAL,
            "the server's log says more: " + failure.getClass().getSimpleName());
    };
  }

  private static MutableHttpResponse<Problem> response(MutableHttpResponse<?> response, Problem problem) {
    return response.body(problem).contentType(Problem.MEDIA_TYPE);
  }
}
