//! The calls to librdkafka that its Rust binding lacks or makes slow. The only file with `unsafe`.
//!
//! What callers need not know: every pointer here is owned by one of the types below, each of which keeps alive the
//! client that librdkafka wants destroyed last. librdkafka itself may be called from any thread.
#![allow(unsafe_code, reason = "calls into librdkafka; each block says why it is sound")]

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::TopicPartitionList;
use rdkafka::bindings as sys;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaResult;
use rdkafka::producer::{Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaRespErr;

use super::fault::{Class, Fault};
use super::log::Write;
use crate::wire::Header;

/// A queue of our own, into which the partitions of a consumer are forwarded, so that batches of records can be taken
/// without serving (and swallowing) the group's events, which stay on the consumer's own queue.
pub(super) struct Queue<C: ConsumerContext + 'static> {
    queue: NonNull<sys::rd_kafka_queue_t>,
    consumer: Arc<BaseConsumer<C>>,
}

// SAFETY: librdkafka's queues may be used from any thread, and the consumer is both Send and Sync.
unsafe impl<C: ConsumerContext> Send for Queue<C> {}
// SAFETY: as above.
unsafe impl<C: ConsumerContext> Sync for Queue<C> {}

impl<C: ConsumerContext> Queue<C> {
    /// A new queue of that consumer.
    pub(super) fn new(consumer: Arc<BaseConsumer<C>>) -> Queue<C> {
        // SAFETY: the client is alive; the call only allocates.
        let queue = unsafe { sys::rd_kafka_queue_new(consumer.client().native_ptr()) };
        Queue { queue: NonNull::new(queue).expect("librdkafka aborts when it has no memory"), consumer }
    }

    /// The consumer whose queue this is.
    pub(super) fn consumer(&self) -> &BaseConsumer<C> {
        &self.consumer
    }

    /// Sends the partition's records here. To be called before the partition is assigned.
    pub(super) fn forward(&self, topic: &str, partition: i32) {
        let topic = CString::new(topic).expect("Kafka allows no NUL in the name of a topic");
        // SAFETY: both the client and our queue are alive. `get_partition` returns a reference of our own to the
        // partition's queue, which is given back after forwarding; forwarding takes its own reference to ours.
        unsafe {
            let client = self.consumer.client().native_ptr();
            let queue = sys::rd_kafka_queue_get_partition(client, topic.as_ptr(), partition);
            if !queue.is_null() {
                sys::rd_kafka_queue_forward(queue, self.queue.as_ptr());
                sys::rd_kafka_queue_destroy(queue);
            }
        }
    }

    /// Appends up to `count` messages; waits up to `timeout` for *all* of them, so ask for one when waiting.
    fn take(&self, count: usize, timeout: Duration, into: &mut Vec<NonNull<sys::rd_kafka_message_t>>) -> usize {
        into.reserve(count);
        let free = into.spare_capacity_mut();
        let milliseconds = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: there is room for `count` pointers; librdkafka writes that many at most, none of them null, and tells
        // how many. Each is ours to destroy.
        unsafe {
            let taken =
                sys::rd_kafka_consume_batch_queue(self.queue.as_ptr(), milliseconds, free.as_mut_ptr().cast(), count);
            let taken = usize::try_from(taken).unwrap_or(0);
            into.set_len(into.len() + taken);
            taken
        }
    }
}

impl<C: ConsumerContext> Drop for Queue<C> {
    fn drop(&mut self) {
        // SAFETY: the queue is ours alone, and its client lives until after this.
        unsafe { sys::rd_kafka_queue_destroy(self.queue.as_ptr()) }
    }
}

/// A message that is not a record but tells of a partition: its end was reached, or it cannot be read.
pub(super) struct Notice<'a> {
    /// What librdkafka says.
    pub(super) error: RDKafkaRespErr,
    /// The topic's name.
    pub(super) topic: &'a str,
    /// The partition's number.
    pub(super) partition: i32,
    /// The offset at which it happened.
    pub(super) offset: i64,
    /// What happened, for people.
    pub(super) text: String,
}

/// Messages taken from a queue, in librdkafka's own memory, until they are let go.
pub(super) struct Messages<C: ConsumerContext + 'static> {
    messages: Vec<NonNull<sys::rd_kafka_message_t>>,
    /// Messages must be destroyed before their client is.
    queue: Arc<Queue<C>>,
}

// SAFETY: a message is plain memory with a reference count that librdkafka keeps atomically.
unsafe impl<C: ConsumerContext> Send for Messages<C> {}

/// A message's fields.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    /// Identifies the topic among the messages of one client; see [`Messages::topic`].
    pub(super) partition: i32,
    /// The offset.
    pub(super) offset: i64,
    /// Milliseconds since the epoch.
    pub(super) timestamp: Option<i64>,
    /// The key.
    pub(super) key: Option<&'a [u8]>,
    /// The value.
    pub(super) value: Option<&'a [u8]>,
}

impl<C: ConsumerContext> Messages<C> {
    /// No messages yet.
    pub(super) fn new(queue: Arc<Queue<C>>) -> Messages<C> {
        Messages { messages: Vec::new(), queue }
    }

    /// How many messages there are.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Takes up to `count` messages; waits up to `idle` for the first. What is no record goes to `notice`.
    pub(super) fn fill(&mut self, count: usize, idle: Duration, mut notice: impl FnMut(Notice<'_>)) {
        if self.queue.take(1, idle, &mut self.messages) == 1 && count > 1 {
            self.queue.take(count - 1, Duration::ZERO, &mut self.messages);
        }
        self.messages.retain(|message| {
            // SAFETY: the message is alive until it is destroyed below, after its last use.
            unsafe {
                let raw = message.as_ref();
                if raw.err == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
                    return true;
                }
                let text = sys::rd_kafka_message_errstr(message.as_ptr());
                notice(Notice {
                    error: raw.err,
                    topic: topic_name(raw.rkt),
                    partition: raw.partition,
                    offset: raw.offset,
                    text: if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into() },
                });
                sys::rd_kafka_message_destroy(message.as_ptr());
                false
            }
        });
    }

    /// The message at `index`.
    pub(super) fn get(&self, index: usize) -> Message<'_> {
        // SAFETY: the message and what it points to live until it is destroyed, which needs `&mut self`.
        unsafe {
            let message = self.messages[index].as_ref();
            let mut kind = sys::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
            let timestamp = sys::rd_kafka_message_timestamp(message, &mut kind);
            Message {
                partition: message.partition,
                offset: message.offset,
                timestamp: (timestamp >= 0).then_some(timestamp),
                key: bytes(message.key, message.key_len),
                value: bytes(message.payload, message.len),
            }
        }
    }

    /// The topic's name of the message at `index`.
    pub(super) fn topic(&self, index: usize) -> &str {
        // SAFETY: the message holds a reference to its topic.
        unsafe { topic_name(self.messages[index].as_ref().rkt) }
    }

    /// Appends the headers of the message at `index`; a header whose name is not UTF-8 is left out.
    pub(super) fn headers<'a>(&'a self, index: usize, into: &mut Vec<Header<'a>>) {
        let message = self.messages[index].as_ptr();
        let mut headers = ptr::null_mut();
        // SAFETY: the headers belong to the message, and their names and values live as long as it does.
        unsafe {
            if sys::rd_kafka_message_headers(message, &mut headers) != RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
                return;
            }
            let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
            for place in 0.. {
                let found = sys::rd_kafka_header_get_all(headers, place, &mut name, &mut value, &mut size);
                if found != RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR {
                    return;
                }
                if let Ok(name) = CStr::from_ptr(name).to_str() {
                    into.push(Header { name, value: bytes(value, size).unwrap_or_default() });
                }
            }
        }
    }

    /// Lets go of all messages.
    pub(super) fn clear(&mut self) {
        for message in self.messages.drain(..) {
            // SAFETY: each message is ours, and none is used after this.
            unsafe { sys::rd_kafka_message_destroy(message.as_ptr()) }
        }
    }
}

impl<C: ConsumerContext> Drop for Messages<C> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// # Safety
/// `pointer` is null or points to `length` bytes that live for `'a`.
unsafe fn bytes<'a>(pointer: *const c_void, length: usize) -> Option<&'a [u8]> {
    // SAFETY: as the caller says.
    (!pointer.is_null()).then(|| unsafe { std::slice::from_raw_parts(pointer.cast(), length) })
}

/// # Safety
/// `topic` is null or lives for `'a`.
unsafe fn topic_name<'a>(topic: *mut sys::rd_kafka_topic_t) -> &'a str {
    if topic.is_null() {
        return "";
    }
    // SAFETY: as the caller says; the name lives as long as the topic.
    unsafe { CStr::from_ptr(sys::rd_kafka_topic_name(topic)) }.to_str().unwrap_or_default()
}

/// The end of a partition as of the last fetch, without a request.
pub(super) fn cached_end<C: ConsumerContext>(consumer: &BaseConsumer<C>, topic: &CStr, partition: i32) -> Option<i64> {
    let (mut low, mut high) = (-1, -1);
    // SAFETY: the client is alive, and both numbers are written before the call returns.
    let error = unsafe {
        sys::rd_kafka_get_watermark_offsets(
            consumer.client().native_ptr(),
            topic.as_ptr(),
            partition,
            &mut low,
            &mut high,
        )
    };
    (error == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0).then_some(high)
}

/// The offset behind the last message taken of a partition, markers of transactions included; without a request.
pub(super) fn position<C: ConsumerContext>(consumer: &BaseConsumer<C>, topic: &CStr, partition: i32) -> Option<i64> {
    // SAFETY: the client is alive; the list is ours, its one element is read before it is destroyed.
    unsafe {
        let list = sys::rd_kafka_topic_partition_list_new(1);
        let element = sys::rd_kafka_topic_partition_list_add(list, topic.as_ptr(), partition);
        let error = sys::rd_kafka_position(consumer.client().native_ptr(), list);
        let offset = (*element).offset;
        sys::rd_kafka_topic_partition_list_destroy(list);
        (error == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR && offset >= 0).then_some(offset)
    }
}

/// Which member of the group a consumer is, at one moment: its id and its generation.
pub(super) struct MemberIdentity(NonNull<sys::rd_kafka_consumer_group_metadata_t>);

// SAFETY: plain memory that nothing else refers to.
unsafe impl Send for MemberIdentity {}

impl MemberIdentity {
    /// The consumer's identity of this moment; `None` while it is no member. Without that check offsets would be
    /// committed in nobody's name, and brokers take those from a member that was thrown out unasked.
    pub(super) fn of<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<MemberIdentity> {
        // SAFETY: the client is alive; what it returns is ours.
        let identity = unsafe { sys::rd_kafka_consumer_group_metadata(consumer.client().native_ptr()) };
        let identity = MemberIdentity(NonNull::new(identity)?);
        // SAFETY: the metadata is alive, and so is its string as long as it is.
        let is_member = unsafe {
            let id = sys::rd_kafka_consumer_group_metadata_member_id(identity.0.as_ptr());
            let generation = sys::rd_kafka_consumer_group_metadata_generation_id(identity.0.as_ptr());
            !id.is_null() && !CStr::from_ptr(id).is_empty() && generation > 0
        };
        is_member.then_some(identity)
    }
}

impl Drop for MemberIdentity {
    fn drop(&mut self) {
        // SAFETY: the metadata is ours alone.
        unsafe { sys::rd_kafka_consumer_group_metadata_destroy(self.0.as_ptr()) }
    }
}

/// A transactional producer with the topics that it writes to.
pub(super) struct Producer<C: ProducerContext + 'static> {
    topics: Vec<NonNull<sys::rd_kafka_topic_t>>,
    producer: ThreadedProducer<C>,
}

// SAFETY: topic handles may be used from any thread.
unsafe impl<C: ProducerContext> Send for Producer<C> {}

impl<C: ProducerContext> Producer<C> {
    /// A producer that writes to `topics`, in the order in which [`Write::topic`] counts them.
    ///
    /// # Errors
    /// When librdkafka does not accept the settings.
    pub(super) fn new(config: &ClientConfig, context: C, topics: &[String]) -> KafkaResult<Producer<C>> {
        let producer = ThreadedProducer::from_config_and_context(config, context)?;
        let client = producer.client().native_ptr();
        let handles = topics.iter().map(|topic| {
            let topic = CString::new(topic.as_str()).expect("Kafka allows no NUL in the name of a topic");
            // SAFETY: the client is alive; a null configuration stands for the client's default.
            let handle = unsafe { sys::rd_kafka_topic_new(client, topic.as_ptr(), ptr::null_mut()) };
            NonNull::new(handle).expect("the name is checked where topics are looked up")
        });
        Ok(Producer { topics: handles.collect(), producer })
    }

    fn client(&self) -> *mut sys::rd_kafka_t {
        self.producer.client().native_ptr()
    }

    /// The context that sees the producer's errors.
    pub(super) fn context(&self) -> &C {
        self.producer.client().context()
    }

    /// Takes over the transactional id: ends what an earlier producer of that name left open.
    ///
    /// # Errors
    /// By [`Class`].
    pub(super) fn init_transactions(&self, timeout: Duration) -> Result<(), Fault> {
        let timeout = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: the client is alive; so too in the calls below.
        check("take over the transactional id", unsafe { sys::rd_kafka_init_transactions(self.client(), timeout) })
    }

    /// Opens a transaction.
    ///
    /// # Errors
    /// By [`Class`].
    pub(super) fn begin(&self) -> Result<(), Fault> {
        // SAFETY: see `init_transactions`.
        check("begin a transaction", unsafe { sys::rd_kafka_begin_transaction(self.client()) })
    }

    /// Queues a record; waits while the queue is full. Returns librdkafka's answer.
    pub(super) fn write(&self, record: &Write<'_>) -> RDKafkaRespErr {
        /// `RD_KAFKA_PARTITION_UA`, a macro in C: the partitioner decides.
        const UNASSIGNED: i32 = -1;
        const NO_ERROR: RDKafkaRespErr = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR;
        let (key, key_length) = pointer(record.key);
        let (value, value_length) = pointer(record.value);
        // SAFETY: key, value and header values are copied before the calls return. The headers become the message's
        // when it is queued, and stay ours otherwise. The arguments are those that each tag asks for.
        unsafe {
            let headers = match record.headers.len() {
                0 => ptr::null_mut(),
                count => sys::rd_kafka_headers_new(count),
            };
            for header in record.headers {
                let (name, name_length) = (header.name.as_ptr().cast(), header.name.len() as isize);
                let (value, length) = (header.value.as_ptr().cast(), header.value.len() as isize);
                sys::rd_kafka_header_add(headers, name, name_length, value, length);
            }
            let error = sys::rd_kafka_producev(
                self.client(),
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_RKT,
                self.topics[record.topic].as_ptr(),
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_PARTITION,
                record.partition.unwrap_or(UNASSIGNED),
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_MSGFLAGS,
                sys::RD_KAFKA_MSG_F_COPY | sys::RD_KAFKA_MSG_F_BLOCK,
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_KEY,
                key,
                key_length,
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_VALUE,
                value,
                value_length,
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_TIMESTAMP,
                record.timestamp.unwrap_or(0),
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_HEADERS,
                headers,
                sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_END,
            );
            if error != NO_ERROR && !headers.is_null() {
                sys::rd_kafka_headers_destroy(headers);
            }
            error
        }
    }

    /// Adds consumed offsets to the transaction, as that member of the group.
    ///
    /// # Errors
    /// By [`Class`].
    pub(super) fn send_offsets(&self, offsets: &TopicPartitionList, member: &MemberIdentity) -> Result<(), Fault> {
        // SAFETY: the client, the list and the metadata are alive, and are only read.
        check("add the read offsets to the transaction", unsafe {
            sys::rd_kafka_send_offsets_to_transaction(self.client(), offsets.ptr(), member.0.as_ptr(), -1)
        })
    }

    /// Commits, after sending what is queued. Not by the binding, which sleeps in steps of 100 ms.
    ///
    /// # Errors
    /// By [`Class`].
    pub(super) fn commit(&self) -> Result<(), Fault> {
        // SAFETY: see `init_transactions`.
        check("commit the transaction", unsafe { sys::rd_kafka_commit_transaction(self.client(), -1) })
    }

    /// Aborts, and throws away what is queued.
    ///
    /// # Errors
    /// By [`Class`].
    pub(super) fn abort(&self) -> Result<(), Fault> {
        // SAFETY: see `init_transactions`.
        check("abort the transaction", unsafe { sys::rd_kafka_abort_transaction(self.client(), -1) })
    }
}

impl<C: ProducerContext> Drop for Producer<C> {
    fn drop(&mut self) {
        for topic in &self.topics {
            // SAFETY: the handles are ours, and the client is dropped after them.
            unsafe { sys::rd_kafka_topic_destroy(topic.as_ptr()) }
        }
    }
}

fn pointer(bytes: Option<&[u8]>) -> (*const c_void, usize) {
    bytes.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr().cast(), bytes.len()))
}

/// Turns librdkafka's error object into a fault, and frees it.
fn check(what: &str, error: *mut sys::rd_kafka_error_t) -> Result<(), Fault> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the error is ours; its strings are copied before it is destroyed.
    unsafe {
        let code = sys::rd_kafka_error_code(error);
        let class = if is_about_rights(code) {
            Class::Hopeless
        } else if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__FENCED {
            Class::Fenced
        } else if sys::rd_kafka_error_is_fatal(error) != 0 {
            Class::Renew
        } else if sys::rd_kafka_error_is_retriable(error) != 0 {
            Class::Retriable
        } else if sys::rd_kafka_error_txn_requires_abort(error) != 0 {
            if is_about_membership(code) { Class::AbortAndRejoin } else { Class::Abort }
        } else {
            Class::Renew
        };
        let name = CStr::from_ptr(sys::rd_kafka_error_name(error)).to_string_lossy().into_owned();
        let text = CStr::from_ptr(sys::rd_kafka_error_string(error)).to_string_lossy().into_owned();
        sys::rd_kafka_error_destroy(error);
        Err(Fault::new(class, name, format!("cannot {what}: {text}")))
    }
}

/// Errors that say that the group goes on without this member as it was.
fn is_about_membership(code: RDKafkaRespErr) -> bool {
    matches!(
        code,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH
    )
}

/// Errors that only somebody with more rights, or other settings, can mend.
fn is_about_rights(code: RDKafkaRespErr) -> bool {
    matches!(
        code,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR__AUTHENTICATION
            | RDKafkaRespErr::RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED
    )
}
