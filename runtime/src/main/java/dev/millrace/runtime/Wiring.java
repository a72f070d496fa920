package dev.millrace.runtime;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.connect.OutboxRelay;
import dev.millrace.log.EventLog;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.streams.StreamApp;
import dev.millrace.view.Projection;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** Makes what the parts stand on, once each. A program that brings one of these as a bean of its own has its own. */
@Factory
final class Wiring {
  // a pool's thread gives up soon and says so, rather than that requests pile up behind it
  private static final long CONNECT_MILLIS = 5_000;

  @Singleton
  @Requires(missingBeans = Settings.class)
  Settings settings(Environment environment) {
    return Settings.from(key -> environment.getProperty(key, String.class));
  }

  @Singleton
  @Requires(missingBeans = Parts.class)
  Parts parts(BeanContext context) {
    List<Projection<?>> projections = new ArrayList<>();
    context.getBeansOfType(Projection.class).forEach(projections::add);
    var apps = context.getBeansOfType(StreamApp.class).stream().map(app -> new Parts.App(app, "")).toList();
    List<Function<EventLog, OutboxRelay>> relays = new ArrayList<>();
    context.getBeansOfType(OutboxRelay.class).forEach(relay -> relays.add(_ -> relay));
    return new Parts(projections, apps, relays);
  }

  @Singleton
  @Requires(missingBeans = Clock.class)
  Clock clock() {
    return Clock.systemUTC();
  }

  @Singleton
  @Requires(missingBeans = SchemaRegistry.class)
  SchemaRegistry registry(Settings settings) {
    return SchemaRegistry.at(settings.registry());
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(missingBeans = EventLog.class)
  EventLog log(Settings settings, DataSource database) {
    return Logs.open(settings.log(), Optional.of(database));
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(missingBeans = Publisher.class)
  Publisher publisher(Settings settings, EventLog log, EventCodec codec, Clock clock) {
    return Publisher.builder(log.writer(), codec).source(settings.source()).clock(clock).build();
  }

  @Singleton
  @Requires(missingBeans = EventCodec.class)
  EventCodec codec(SchemaRegistry registry) {
    return EventCodec.of(registry);
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(missingBeans = DataSource.class)
  HikariDataSource database(Settings settings, Parts parts) {
    // each view's runners, of the live generation and the one before, keep one each, and a rebuild two
    return pool(settings.postgresUrl(), settings.postgresUser(), settings.postgresPassword(),
        settings.postgresConnections() + 4 * parts.projections().size());
  }

  static HikariDataSource pool(String url, String user, String password, int connections) {
    var config = new HikariConfig();
    config.setPoolName("millrace");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.addDataSourceProperty("ApplicationName", "millrace");
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }
}
