#pragma once

#include <string>
#include <vector>

#include "probefarm/v1/catalog.pb.h"
#include "probefarm/v1/jobs.pb.h"
#include "tests/testing/github/fake_release.h"

namespace probefarm {

// What must hold of releases once all is quiet, and of their past. A complaint a line; empty when
// all is well. Pure.

// Each job is published, and in the catalog, once.
std::vector<std::string> AuditJobs(std::vector<v1::Job> const& jobs,
                                   std::vector<v1::PublishedProbe> const& probes);

// The releases of all repositories hold each probe of the catalog exactly once, with its digest,
// and nothing else but side files: no rest of an upload, no `.next`. SHA256SUMS and index.json say
// the same as the catalog.
std::vector<std::string> AuditReleases(std::vector<FakeRelease> const& releases,
                                       std::vector<v1::PublishedProbe> const& probes);

// The fake's journal: nobody ever deleted or changed an asset or a bundle of logs that was whole.
std::vector<std::string> AuditJournal(std::string const& journal);

}  // namespace probefarm
