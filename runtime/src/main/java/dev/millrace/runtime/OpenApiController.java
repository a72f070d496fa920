package dev.millrace.runtime;

import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;

/** This API's own description. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "description")
class OpenApiController {
  private static final String DOCUMENT = "classpath:META-INF/swagger/openapi.json";

  private final ResourceResolver resources;

  OpenApiController(ResourceResolver resources) {
    this.resources = resources;
  }

  /** The OpenAPI document of all routes. */
  @Get(uri = "/openapi.json", produces = MediaType.APPLICATION_JSON)
  @ApiResponse(responseCode = "200", description = "OpenAPI 3.0", content = @Content(mediaType = "application/json", schema = @Schema(type = "object")))
  byte[] document() {
    try (var document = resources.getResourceAsStream(DOCUMENT)
        .orElseThrow(() -> new IllegalStateException("the build left out " + DOCUMENT))) {
      return document.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
