-- The views of spacelog as plain SQL, for DuckDB and Spark alike; README.md beside this file says
-- how to name the tables. Spans are milliseconds. A count is held until the next look, but no
-- longer than its holding limit; what is left is a gap. Each figure is of one monitor's log.

-- When X said that a Space ended, and from which place in the log on that was known.
CREATE OR REPLACE TEMPORARY VIEW known_ends AS
SELECT monitor, space_id, seq, ended_ms,
       LEAD(seq) OVER (PARTITION BY monitor, space_id ORDER BY seq) AS next_seq
FROM descriptions
WHERE ended_ms IS NOT NULL;

-- What each answer said of a Space's state. A live state at or after the end that X reported is
-- over; search and creator look-ups show a Space for a while after its end, and are late.
CREATE OR REPLACE TEMPORARY VIEW said AS
SELECT o.monitor, o.space_id, o.seq, o.observed_ms, o.state, o.participants,
       COALESCE(o.holding_ms, 600000) AS holding_ms, e.ended_ms,
       o.state = 'live' AND COALESCE(o.observed_ms >= e.ended_ms, FALSE) AS is_over,
       o.state <> 'ended' AND COALESCE(o.endpoint IN ('search', 'creator_ids'), FALSE) AS is_late
FROM observations o
LEFT JOIN known_ends e
       ON e.monitor = o.monitor AND e.space_id = o.space_id
      AND o.seq > e.seq AND (e.next_seq IS NULL OR o.seq < e.next_seq)
WHERE o.state IS NOT NULL
UNION ALL
SELECT monitor, space_id, seq, observed_ms, 'missing' AS state,
       CAST(NULL AS BIGINT) AS participants, CAST(NULL AS BIGINT) AS holding_ms,
       CAST(NULL AS BIGINT) AS ended_ms, FALSE AS is_over, FALSE AS is_late
FROM missing
WHERE problem = 'resource-not-found';

-- Of these, what changed what was known: a late answer does not bring an ended Space back.
CREATE OR REPLACE TEMPORARY VIEW steps AS
SELECT monitor, space_id, seq, observed_ms, state, participants, holding_ms,
       LEAD(state) OVER later AS next_state,
       LEAD(observed_ms) OVER later AS next_ms,
       LEAD(ended_ms) OVER later AS next_ended_ms
FROM (
    SELECT monitor, space_id, seq, observed_ms, state, participants, holding_ms, ended_ms,
           is_over, is_late,
           MAX(CASE WHEN NOT is_late AND NOT is_over AND state <> 'missing' THEN seq END)
               OVER earlier AS firm_seq,
           MAX(CASE WHEN state = 'ended' THEN seq END) OVER earlier AS ended_seq
    FROM said
    WINDOW earlier AS (PARTITION BY monitor, space_id ORDER BY seq
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS told
WHERE NOT is_over AND NOT (is_late AND COALESCE(ended_seq = firm_seq, FALSE))
WINDOW later AS (PARTITION BY monitor, space_id ORDER BY seq);

-- Live looks, and for how long the count of each was held. Where looks entered the log in another
-- order than they were made, as by an import, they count by their time alone.
CREATE OR REPLACE TEMPORARY VIEW looks AS
SELECT s.monitor, s.space_id, s.seq, s.observed_ms, s.participants,
       LEAST(s.holding_ms, GREATEST(0, CASE
           WHEN s.next_state IS NULL THEN p.held_until_ms
           WHEN s.next_state = 'live' THEN s.next_ms
           WHEN s.next_state = 'missing' THEN s.observed_ms
           ELSE LEAST(s.next_ms, COALESCE(s.next_ended_ms, s.next_ms))
       END - s.observed_ms)) AS held_ms
FROM steps s
JOIN spaces p ON p.monitor = s.monitor AND p.space_id = s.space_id
WHERE s.state = 'live' AND NOT p.is_disordered
UNION ALL
SELECT o.monitor, o.space_id, o.seq, o.observed_ms, o.participants,
       LEAST(COALESCE(o.holding_ms, 600000), GREATEST(0, COALESCE(
           LEAD(o.observed_ms) OVER (PARTITION BY o.monitor, o.space_id
                                     ORDER BY o.observed_ms, o.seq),
           p.held_until_ms) - o.observed_ms)) AS held_ms
FROM observations o
JOIN spaces p ON p.monitor = o.monitor AND p.space_id = o.space_id
WHERE p.is_disordered AND o.state = 'live'
  AND (p.ended_ms IS NULL OR o.observed_ms < p.ended_ms);

-- The audience of each Space that was seen live: `spacelog spaces`.
CREATE OR REPLACE TEMPORARY VIEW space_audience AS
SELECT a.monitor, a.space_id, p.title, p.state, a.looks,
       a.participants, a.peak_participants, a.peak_ms,
       CASE WHEN a.covered_ms > 0
            THEN CAST(a.area AS DOUBLE) / CAST(a.covered_ms AS DOUBLE) END AS average_participants,
       CASE WHEN a.covered_ms > 0 THEN CAST(a.area AS DOUBLE) / 3.6e6 END AS participant_hours,
       CAST(a.last_ms - a.first_ms AS DOUBLE) / 1e3 AS tracked_seconds,
       CAST(p.airtime_ms AS DOUBLE) / 1e3 AS airtime_seconds,
       CASE WHEN p.airtime_so_far_ms > 0
            THEN LEAST(1e0, CAST(a.covered_ms AS DOUBLE) / CAST(p.airtime_so_far_ms AS DOUBLE))
       END AS coverage,
       a.area, a.covered_ms
FROM (
    SELECT monitor, space_id, COUNT(*) AS looks,
           MIN(observed_ms) AS first_ms, MAX(observed_ms) AS last_ms,
           MAX(peak) AS peak_participants,
           MIN(CASE WHEN participants = peak THEN observed_ms END) AS peak_ms,
           MAX(CASE WHEN seq = last_seq THEN participants END) AS participants,
           CAST(COALESCE(SUM(participants * held_ms), 0) AS BIGINT) AS area,
           CAST(COALESCE(SUM(CASE WHEN participants IS NOT NULL THEN held_ms END), 0) AS BIGINT)
               AS covered_ms
    FROM (
        SELECT monitor, space_id, seq, observed_ms, participants, held_ms,
               MAX(participants) OVER (PARTITION BY monitor, space_id) AS peak,
               FIRST_VALUE(seq) OVER (
                   PARTITION BY monitor, space_id
                   ORDER BY CASE WHEN participants IS NULL THEN 1 ELSE 0 END,
                            observed_ms DESC, seq DESC) AS last_seq
        FROM looks
    ) AS counted
    GROUP BY monitor, space_id
) AS a
JOIN spaces p ON p.monitor = a.monitor AND p.space_id = a.space_id;

-- The leaderboard of hosts: `spacelog hosts --min-spaces 1`.
CREATE OR REPLACE TEMPORARY VIEW host_leaderboard AS
SELECT b.monitor,
       ROW_NUMBER() OVER (
           PARTITION BY b.monitor
           ORDER BY CASE WHEN b.covered_ms > 0 THEN b.area END DESC NULLS LAST,
                    CAST(b.user_id AS DECIMAL(20, 0))) AS host_rank,
       b.user_id, u.username, u.name, u.followers, b.spaces,
       CASE WHEN b.covered_ms > 0
            THEN CAST(b.area AS DOUBLE) / CAST(b.covered_ms AS DOUBLE) END AS average_participants,
       b.peak_participants,
       CASE WHEN b.covered_ms > 0 THEN CAST(b.area AS DOUBLE) / 3.6e6 END AS participant_hours,
       CAST(b.airtime_ms AS DOUBLE) / 1e3 AS airtime_seconds,
       r.reach
FROM (
    SELECT s.monitor, s.user_id, COUNT(*) AS spaces, MAX(a.peak_participants) AS peak_participants,
           CAST(SUM(a.area) AS BIGINT) AS area, CAST(SUM(a.covered_ms) AS BIGINT) AS covered_ms,
           CAST(SUM(p.airtime_ms) AS BIGINT) AS airtime_ms
    FROM stage s
    JOIN space_audience a ON a.monitor = s.monitor AND a.space_id = s.space_id
    JOIN spaces p ON p.monitor = s.monitor AND p.space_id = s.space_id
    WHERE s.host_at IS NOT NULL OR s.co_host_at IS NOT NULL
    GROUP BY s.monitor, s.user_id
) AS b
LEFT JOIN users u ON u.monitor = b.monitor AND u.user_id = b.user_id
LEFT JOIN (
    SELECT d.monitor, d.user_id, CAST(SUM(f.followers) AS BIGINT) AS reach
    FROM (
        SELECT DISTINCT h.monitor, h.user_id, g.user_id AS person
        FROM stage h
        JOIN space_audience a ON a.monitor = h.monitor AND a.space_id = h.space_id
        JOIN stage g ON g.monitor = h.monitor AND g.space_id = h.space_id AND g.in_reach
        WHERE h.host_at IS NOT NULL OR h.co_host_at IS NOT NULL
    ) AS d
    JOIN users f ON f.monitor = d.monitor AND f.user_id = d.person
    GROUP BY d.monitor, d.user_id
) AS r ON r.monitor = b.monitor AND r.user_id = b.user_id;

-- Words of titles in the last 24 hours and in those before: `spacelog keywords`.
CREATE OR REPLACE TEMPORARY VIEW keyword_counts AS
SELECT w.monitor, w.keyword,
       COUNT(CASE WHEN w.first_seen_ms >= l.known_until_ms - 86400000 THEN 1 END) AS spaces,
       COUNT(CASE WHEN w.first_seen_ms < l.known_until_ms - 86400000 THEN 1 END)
           AS previous_spaces,
       CASE WHEN SUM(CASE WHEN w.first_seen_ms >= l.known_until_ms - 86400000
                          THEN a.covered_ms END) > 0
            THEN CAST(SUM(CASE WHEN w.first_seen_ms >= l.known_until_ms - 86400000
                               THEN a.area END) AS DOUBLE) / 3.6e6
       END AS participant_hours
FROM words w
JOIN logs l ON l.monitor = w.monitor
LEFT JOIN space_audience a ON a.monitor = w.monitor AND a.space_id = w.space_id
WHERE w.first_seen_ms >= l.known_until_ms - 172800000
  AND w.first_seen_ms <= l.known_until_ms
GROUP BY w.monitor, w.keyword
HAVING COUNT(CASE WHEN w.first_seen_ms >= l.known_until_ms - 86400000 THEN 1 END) > 0;
