# SPDX-License-Identifier: Apache-2.0
# aclc as an image: docker build -t aclc . && docker run --rm -v "$PWD:/w" -w /w aclc check
FROM debian:12-slim AS build
COPY . /src
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends dpkg-dev file $(cli/missing-packages cli/packages.txt daemon/packages.txt)
RUN cmake --preset product && cmake --build --preset product && cd build/product && cpack

FROM debian:12-slim
COPY --from=build /src/build/product/aclc_*.deb /tmp/
# git reads revisions for `aclc diff REVISION:FILE`, in folders that are somebody else's here.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git /tmp/aclc_*.deb && rm -rf /tmp/*.deb /var/lib/apt/lists/* \
  && git config --system --add safe.directory '*'
USER nobody
ENTRYPOINT ["aclc"]
