package dev.millrace.example.retail;

import dev.millrace.runtime.Main;
import dev.millrace.runtime.MillraceRuntime;

/** The shop's views and its stream app on servers that are there already: what runs in a container. */
public final class ShopRuntime {
  private ShopRuntime() {}

  public static void main(String[] args) {
    Main.run(MillraceRuntime.builder().projections(Demo.VIEWS).app(OrderDetailsApp.APP));
  }
}
