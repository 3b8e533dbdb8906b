// Coroutines on one io_context, and the bridge to rooms that call back on a thread of their own.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace commonwatch::pipeline {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait{};

// Calls `start(callback)`; the coroutine goes on, on `executor`, when `callback(T)` is called, on
// whichever thread. The callback must be called exactly once.
template <class T, class Start>
Task<T> await_callback(Executor executor, Start start) {
  return asio::async_initiate<decltype(kAwait), void(T)>(
      [executor](auto handler, Start begin) {
        auto held = std::make_shared<decltype(handler)>(std::move(handler));
        begin([executor, held](T value) {
          asio::post(executor, [held, value = std::move(value)]() mutable {
            (*held)(std::move(value));
          });
        });
      },
      kAwait, std::move(start));
}

// Runs `work` on the pool and goes on, on `executor`, with what it returns.
template <class T, class Work>
Task<T> run_on_pool(asio::thread_pool& pool, Executor executor, Work work) {
  return await_callback<T>(executor, [&pool, work = std::move(work)](auto done) mutable {
    asio::post(pool, [work = std::move(work), done = std::move(done)]() mutable { done(work()); });
  });
}

}  // namespace commonwatch::pipeline
